import DeadDropKit
import Foundation
import TestSupport
import Testing
import WireFormat

@Suite("a unit says all that a service manager must know, whatever the paths are")
struct ServiceUnitTests {
  /// A daemon as it is installed: with a home of its own, with a command of its operator, on a Mac.
  enum Sample: String, CaseIterable {
    case confined, command, home, mac

    var unit: ServiceUnit {
      var unit = ServiceUnitTests.unit(self == .mac ? .launchd : .systemd)
      unit.isConfined = self != .command
      if self == .home || self == .mac {
        unit.variables = ["DEADDROP_HOME": "/srv/a & b", "XDG_STATE_HOME": "/srv/50%"]
      }
      return unit
    }
  }

  static func unit(_ manager: ServiceUnit.Manager) -> ServiceUnit {
    let wire = (0..<32).map { UInt8($0 * 7) }
    var unit = ServiceUnit(
      manager, "forge", on: Bytes32(wire) ?? .zero, program: "/usr/local/bin/deaddrop",
      directory: "/srv/app/_coordination")
    unit.writablePlaces = [
      "/home/ann/.config/deaddrop/keys", "/home/ann/.local/state/deaddrop/forge",
    ]
    return unit
  }

  /// To write the golden files: `DEADDROP_UPDATE_GOLDEN=1 swift test --filter ServiceUnitTests`.
  @Test("each text is the one that is pinned", arguments: Sample.allCases)
  func pinned(sample: Sample) throws {
    let file = TestFiles.folder.appending(path: "Golden/service/\(sample.rawValue).txt")
    let text = "\(sample.unit.fileName)\n\(sample.unit.text)"
    if TestFiles.updatesGolden { try Data(text.utf8).write(to: file) }
    #expect(try String(contentsOf: file, encoding: .utf8) == text)
  }

  static let oddPaths = [
    "/usr/bin/deaddrop", "/a b/'deaddrop'", "/50%h/deaddrop", "/$HOME/${x}/deaddrop",
    "/a\"b\\c/deaddrop", "/\\x41/dead\\drop\\", "/a&amp;b<string>/]]>/deaddrop", "/-->/--/deaddrop",
    "/ä/日本/e\u{301}/deaddrop", "/a;b #c/deaddrop", "/@x/-y/:z/+/!/deaddrop",
    "/%%/&amp;amp;/deaddrop",
  ]

  @Test("the program is found again in the text, whatever its path", arguments: oddPaths)
  func roundTrip(path: String) throws {
    for manager in ServiceUnit.Manager.allCases {
      var unit = Self.unit(manager)
      (unit.program, unit.directory) = (path, path + "/wire")
      #expect(ServiceUnit.program(in: unit.text) == path)
      #expect(ServiceUnit.directory(in: unit.text) == path + "/wire")
    }
  }

  /// What launchd reads, by its names.
  struct PropertyList: Decodable {
    let words: [String]
    let variables: [String: String]
    let label: String
    let runsAtLoad: Bool
    let keepsAlive: [String: Bool]

    enum CodingKeys: String, CodingKey {
      case words = "ProgramArguments"
      case variables = "EnvironmentVariables"
      case label = "Label"
      case runsAtLoad = "RunAtLoad"
      case keepsAlive = "KeepAlive"
    }
  }

  @Test("the property list is well-formed, and says each path as it is", arguments: oddPaths)
  func propertyList(path: String) throws {
    var unit = Self.unit(.launchd)
    (unit.program, unit.directory) = (path, path + "/wire")
    unit.variables = ["DEADDROP_HOME": path]
    let list = try PropertyListDecoder().decode(PropertyList.self, from: Data(unit.text.utf8))
    let words = [path, "daemon", "run", "--dir", path + "/wire", "--as", "forge"]
    #expect(list.words == words)
    #expect(list.variables == ["DEADDROP_HOME": path])
    #expect(list.label == unit.label && list.runsAtLoad)
    #expect(list.keepsAlive == ["SuccessfulExit": false])
  }

  @Test("what no unit can hold is named before anything is written")
  func unwritable() {
    var unit = Self.unit(.systemd)
    #expect(unit.unwritable == nil)
    unit.variables["DEADDROP_HOME"] = "/a\nExecStart=/bin/sh"
    #expect(unit.unwritable == "/a\nExecStart=/bin/sh")
    unit = Self.unit(.launchd)
    unit.program = "/a'b"
    #expect(unit.unwritable == nil)
    unit.manager = .systemd
    #expect(unit.unwritable == "/a'b")
    unit.directory = "/a\u{7F}"
    unit.program = "/usr/bin/deaddrop"
    #expect(unit.unwritable == "/a\u{7F}")
  }

  @Test("a private /tmp never hides what the daemon is for")
  func temporary() {
    var unit = Self.unit(.systemd)
    #expect(unit.text.contains("PrivateTmp=yes"))
    unit.directory = "/tmp/app/_coordination"
    #expect(!unit.text.contains("PrivateTmp"))
    unit = Self.unit(.systemd)
    unit.writablePlaces.append("/var/tmp/log")
    #expect(!unit.text.contains("PrivateTmp"))
  }

  @Test("systemd finds nothing to say of a unit, and the program at its path", arguments: oddPaths)
  func verified(path: String) async throws {
    let scratch = try Scratch()
    let isHere = try await Binary.shell("command -v systemd-analyze", in: scratch).code == 0
    guard isHere else {
      print("notice: no systemd-analyze here: \(path) is not verified in a unit")
      return
    }
    let root = scratch.folder.path
    try FileManager.default.createDirectory(
      at: URL(filePath: root + path).deletingLastPathComponent(), withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: "/bin/true", toPath: root + path)
    for (isConfined, isThere) in [(true, true), (false, true), (true, false)] {
      var unit = Self.unit(.systemd)
      (unit.program, unit.directory) = (root + path, root + path + "/wire")
      unit.writablePlaces = [root + path + "/state"]
      unit.variables = ["DEADDROP_HOME": root + path + "/home"]
      unit.isConfined = isConfined
      if !isThere { unit.program += "-gone" }
      // systemd itself says why not: the name of a program is held to more than any other path.
      let isRefused = unit.unwritable == unit.program
      try scratch.write(Data(unit.text.utf8), to: unit.fileName)
      let outcome = try await Binary.shell(
        "XDG_RUNTIME_DIR=\"$PWD\" systemd-analyze verify --user ./\(unit.fileName)", in: scratch)
      if isRefused {
        #expect(outcome.errors.contains("Executable name contains special characters"))
      } else if isThere {
        #expect(outcome.errors.isEmpty && outcome.code == 0, "\(outcome.errors)")
      } else {
        #expect(outcome.errors.contains("is not executable"))
      }
    }
  }
}
