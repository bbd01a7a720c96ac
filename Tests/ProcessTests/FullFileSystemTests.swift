import Foundation
import Host
import TestSupport
import Testing

extension RealProcesses {
  /// A file system of a few pages, in a namespace of its own, that no other process can see.
  @Suite(
    "A full file system", .enabled(if: TinyFileSystem.isAllowed, "no namespaces for us here"))
  struct FullFileSystemTests {
    @Test(
      "a full disk is named with exit code 4, the log stays valid, and space given back is used",
      arguments: [false, true])
    func full(holdsPrivateState: Bool) async throws {
      try await Stand.run { outer in
        let kibibytes = holdsPrivateState ? 256 : 64
        let disk = try TinyFileSystem(in: outer, kibibytes: kibibytes)
        defer { disk.end() }
        let stand = Stand(
          root: holdsPrivateState ? disk.path : outer.root, wire: disk.path + "/_coordination",
          streams: outer.root)
        let filler = disk.path + "/filler"
        try Data(repeating: 1, count: kibibytes << 8).write(to: URL(filePath: filler))
        try stand.mustRun(["init", "--local", "forge", "scribe"])
        var told: [String] = []
        var last = try stand.run(Stand.send("filling", body: Self.body), as: "forge")
        while last.code == 0, told.count < 400 {
          told.append(try #require(last.eventID))
          last = try stand.run(Stand.send("filling", body: Self.body), as: "forge")
        }
        #expect(last.code == 4, "\(last.summary)")
        #expect(last.eventID == nil)
        #expect(last.errors.contains("no space left on device"))
        #expect(told.count > 3)
        for words in [["inbox"], ["status"], ["heartbeat"], Stand.send("one more")] {
          for handle in ["forge", "scribe"] {
            let outcome = try stand.run(words, as: handle, upTo: .seconds(10))
            #expect([0, 4].contains(outcome.code), "\(outcome.summary)")
            if let id = outcome.eventID, handle == "forge" { told.append(id) }
          }
        }
        try stand.mustRun(["verify", "--outsider"])
        try FileManager.default.removeItem(atPath: filler)
        told.append(try stand.mustSend("space again", as: "forge"))
        for handle in ["forge", "scribe"] {
          try stand.mustRun(["inbox"], as: handle)
          try stand.mustRun(["heartbeat"], as: handle)
          try stand.mustRun(["verify", "--every-signature"], as: handle)
        }
        let stored = try stand.stored(by: "forge")
        #expect(stored.map(\.seq) == Array(1...stored.count))
        #expect(Set(told).isSubset(of: stored.map(\.id)))
      }
    }

    private static let body = String(repeating: "x", count: 1_500)
  }
}

/// A mounted tmpfs that lives as long as one process in a mount namespace of its own.
struct TinyFileSystem: Sendable {
  /// Reached through the process, as nothing outside of its namespace sees the mount.
  let path: String
  private let keeper: Stand.Started

  static var isAllowed: Bool {
    guard let folder = try? Products.folder().path,
      let child = try? ChildProcess(
        "/usr/bin/unshare", ["-Urm", "mount", "-t", "tmpfs", "tmpfs", folder],
        environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"], output: "/dev/null",
        errors: "/dev/null")
    else { return false }
    return child.wait(upTo: .seconds(10)) == .exited(0)
  }

  init(in stand: Stand, kibibytes: Int) throws {
    let folder = stand.root + "/tiny"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    let line =
      "mount -t tmpfs -o size=\(kibibytes)k,mode=700 tmpfs '\(folder)' && echo mounted && "
      + "exec sleep 300"
    keeper = try stand.start("/usr/bin/unshare", ["-Urm", "/bin/sh", "-c", line])
    path = "/proc/\(keeper.child.processID)/root\(folder)"
    do { try keeper.waitUntilSaid("mounted") } catch {
      end()
      throw error
    }
  }

  /// Ends the process, and with it the mount.
  func end() {
    keeper.child.signal(9)
    _ = try? keeper.finish(upTo: .seconds(10))
  }
}
