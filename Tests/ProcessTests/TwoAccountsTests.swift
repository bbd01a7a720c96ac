import Foundation
import TestSupport
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension RealProcesses {
  @Suite("Two accounts of one machine")
  struct TwoAccountsTests {
    /// Makes two accounts and a group for the test; says so where that cannot be done here.
    private func accounts(
      _ body: @escaping @Sendable (Accounts) throws -> Void
    ) async throws {
      guard Accounts.canBeMade else {
        print("two accounts: not tested, that takes root, useradd, groupadd and setpriv")
        return
      }
      try await Stand.run { stand in
        let accounts = try Accounts(stand)
        defer { accounts.remove() }
        try body(accounts)
      }
    }

    @Test("agree over a wire that their group shares, whatever their umask")
    func shared() async throws {
      try await accounts { pair in
        let made = try pair.mustRun(
          "ada", ["init", "--handle", "forge", "--peer", "scribe", "--group", pair.group])
        let invite = try #require(made.output.firstMatch(of: /deaddrop join (\S+)/)).1
        try pair.mustRun("bob", ["join", String(invite), "--dir", pair.wire])
        let sent = try pair.mustRun(
          "ada", ["send", "proposal", "--subject", "port", "--body", "8443", "--json"])
        let id = try #require(sent.eventID)
        let shown = try pair.mustRun("bob", ["inbox"])
        #expect(shown.output.contains("  | 8443"))
        try pair.mustRun("bob", ["ack", id])
        #expect(try pair.mustRun("ada", ["decisions"]).output.contains("port"))
        // The second decision is bob's to write, into the file that ada's account has made.
        let second = try pair.mustRun(
          "bob", ["send", "proposal", "--subject", "host", "--body", "b", "--json"])
        try pair.mustRun("ada", ["ack", try #require(second.eventID)])
        #expect(try pair.mustRun("bob", ["decisions"]).output.contains("host"))
        for (account, next) in [("ada", "bob"), ("bob", "ada")] {
          try pair.mustRun(account, ["heartbeat"])
          #expect(try pair.mustRun(account, ["archive", "--now"]).errors.isEmpty)
          try pair.mustRun(account, ["send", "request", "--subject", "on", "--body", "x"])
          #expect(try pair.mustRun(next, ["inbox"]).output.contains(" request "))
          #expect(try pair.mustRun(account, ["status"]).errors.isEmpty)
        }
        for account in ["ada", "bob"] {
          let verified = try pair.mustRun(account, ["verify", "--every-signature"])
          #expect(verified.output.contains("2 decisions"), "\(verified.summary)")
          #expect(try pair.mustRun(account, ["doctor"]).errors.isEmpty)
        }
        #expect(try pair.lines("decisions.jsonl").count == 2)
        try expectModes(pair)
      }
    }

    private func expectModes(_ pair: Accounts) throws {
      for (name, mode) in [
        ("", 0o3770), ("beats", 0o3770), ("archive", 0o3770), ("wire.json", 0o640),
        ("tiers.json", 0o640), ("PROTOCOL.md", 0o640), ("forge_to_scribe.jsonl", 0o640),
        ("scribe_to_forge.jsonl", 0o640), ("beats/forge.jsonl", 0o640),
        ("beats/scribe.jsonl", 0o640), ("decisions.jsonl", 0o660),
      ] {
        let facts = try FileManager.default.attributesOfItem(atPath: "\(pair.wire)/\(name)")
        #expect(facts[.posixPermissions] as? Int == mode, "\(name)")
        #expect(facts[.groupOwnerAccountName] as? String == pair.group, "\(name)")
      }
    }

    @Test("none can take the other's place, and neither keeps the other from reading the rest")
    func hostile() async throws {
      try await accounts { pair in
        let made = try pair.mustRun(
          "ada", ["init", "--handle", "forge", "--peer", "scribe", "--group", pair.group])
        let invite = try #require(made.output.firstMatch(of: /deaddrop join (\S+)/)).1
        try pair.mustRun("bob", ["join", String(invite), "--dir", pair.wire])
        try pair.mustRun("ada", ["inbox"])
        let log = "\(pair.wire)/forge_to_scribe.jsonl"
        for words in [
          ["rm", "-f", log], ["mv", log, log + ".away"], ["sh", "-c", "echo x >> \(log)"],
          ["ln", "-sf", "/etc/passwd", log], ["chmod", "777", log],
          ["mv", "\(pair.wire)/beats", "\(pair.wire)/other"], ["rm", "\(pair.wire)/wire.json"],
        ] {
          #expect(try pair.run("bob", words).code != 0, "\(words)")
        }
        // A private log of bob's is bob's loss: it shows as what it is, and forge writes on.
        #expect(
          try pair.run("bob", ["chmod", "000", "\(pair.wire)/scribe_to_forge.jsonl"]).code == 0)
        #expect(try pair.run("bob", ["chmod", "000", "\(pair.wire)/beats"]).code != 0)
        let look = try pair.command("ada", ["inbox"])
        #expect(look.code == 3 && look.errors.contains("scribe_to_forge.jsonl"), "\(look.summary)")
        try pair.mustRun("ada", ["send", "request", "--subject", "on", "--body", "x"])
        let checkup = try pair.command("ada", ["doctor"])
        #expect(
          checkup.output.contains("not readable by this account"), "\(checkup.summary)")
        // Bob's own next append lets the group in again.
        #expect(
          try pair.run("bob", ["chmod", "600", "\(pair.wire)/scribe_to_forge.jsonl"]).code == 0)
        try pair.mustRun("bob", ["send", "request", "--subject", "back", "--body", "x"])
        let after = try pair.mustRun("ada", ["inbox"])
        #expect(after.output.contains(": back"))
      }
    }

    @Test("a wire directory that another account owns without sharing is refused")
    func notShared() async throws {
      try await accounts { pair in
        try pair.mustRun("ada", ["init", "--local", "forge", "scribe"])
        for mode: mode_t in [0o755, 0o775, 0o2775, 0o1777] {
          try pair.setMode(of: pair.wire, mode)
          let outcome = try pair.command("bob", ["status"])
          #expect(outcome.code == 3, "\(outcome.summary)")
          #expect(outcome.errors.contains("owned by another account"), "\(outcome.summary)")
          #expect(outcome.errors.contains("chmod 3770"), "\(outcome.summary)")
        }
      }
    }

    @Test("a directory goes to no group that its account is not in")
    func foreignGroup() async throws {
      try await accounts { pair in
        let outcome = try pair.command(
          "ada", ["init", "--handle", "forge", "--peer", "scribe", "--group", "0"])
        #expect(outcome.code == 4, "\(outcome.summary)")
        #expect(outcome.errors.contains("operation not permitted"), "\(outcome.summary)")
        #expect(!FileManager.default.fileExists(atPath: pair.wire + "/wire.json"))
      }
    }
  }
}

/// Two accounts and the group that both are in, made for one test.
struct Accounts: Sendable {
  let group: String
  let wire: String
  private let stand: Stand
  private let names: [String: String]

  struct NotMade: Error { let words: String }

  private static let programs = ["useradd", "userdel", "groupadd", "groupdel", "setpriv"]

  static var canBeMade: Bool { geteuid() == 0 && programs.allSatisfy { path(of: $0) != nil } }

  private static func path(of program: String) -> String? {
    ["/usr/sbin/", "/sbin/", "/usr/bin/", "/bin/"].map { $0 + program }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// Accounts that nobody can log into, and a place of their own for each.
  init(_ stand: Stand) throws {
    let suffix = String(UUID().uuidString.prefix(8)).lowercased()
    self.stand = stand
    group = "ddg-\(suffix)"
    names = ["ada": "dda-\(suffix)", "bob": "ddb-\(suffix)"]
    wire = stand.root + "/common/_coordination"
    do {
      try must("groupadd", ["-r", group])
      for name in names.values.sorted() {
        try must("useradd", ["-r", "-M", "-N", "-g", group, "-s", "/usr/sbin/nologin", name])
      }
      try setMode(of: stand.root, 0o711)
      try place("common", of: "ada", mode: 0o750)
      for account in names.keys { try place("home-\(account)", of: account, mode: 0o700) }
    } catch {
      remove()
      throw error
    }
  }

  /// Takes the accounts and the group away again.
  func remove() {
    for name in names.values { try? must("userdel", [name]) }
    try? must("groupdel", [group])
  }

  private func place(_ name: String, of account: String, mode: mode_t) throws {
    let path = "\(stand.root)/\(name)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    try FileManager.default.setAttributes(
      [.ownerAccountName: names[account] ?? "", .groupOwnerAccountName: group],
      ofItemAtPath: path)
    try setMode(of: path, mode)
  }

  func setMode(of path: String, _ mode: mode_t) throws {
    // SAFETY: the path is lent as a NUL-terminated string for the length of the call.
    guard unsafe chmod(path, mode) == 0 else { throw NotMade(words: "chmod \(path)") }
  }

  /// Runs an account tool; another one may hold the lock on the tables for a moment.
  private func must(_ program: String, _ words: [String]) throws {
    let path = Self.path(of: program) ?? program
    var outcome = try stand.start(path, words).finish(upTo: .seconds(60))
    for _ in 0..<100 where [1, 10].contains(outcome.code) && outcome.errors.contains("lock") {
      usleep(100_000)
      outcome = try stand.start(path, words).finish(upTo: .seconds(60))
    }
    guard outcome.code == 0 else { throw NotMade(words: outcome.summary) }
  }

  /// Runs a program as an account, with a umask that gives nothing to anybody.
  func run(_ account: String, _ words: [String]) throws -> Stand.Outcome {
    let name = names[account] ?? account
    return try stand.start(
      Self.path(of: "setpriv") ?? "setpriv",
      [
        "--reuid", name, "--regid", group, "--clear-groups", "--", "/usr/bin/env",
        "DEADDROP_HOME=\(stand.root)/home-\(account)/deaddrop", "DEADDROP_DIR=\(wire)", "sh", "-c",
        "umask 077; cd /; exec \"$@\"", "sh",
      ] + words
    ).finish(upTo: .seconds(60))
  }

  /// Runs the command as an account.
  func command(_ account: String, _ words: [String]) throws -> Stand.Outcome {
    try run(account, [try Stand.binary()] + words)
  }

  @discardableResult
  func mustRun(_ account: String, _ words: [String]) throws -> Stand.Outcome {
    let outcome = try command(account, words)
    guard outcome.code == 0 else { throw Stand.Failed(description: outcome.summary) }
    return outcome
  }

  func lines(_ name: String) throws -> [[UInt8]] {
    try Stand(root: stand.root, wire: wire).lines(name)
  }
}
