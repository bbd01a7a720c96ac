import DeadDropKit
import Foundation
import Identity
import Protocol
import TestSupport
import Wire
import WireFormat

/// A wire of forge, the victim, and scribe, the hostile peer, on a disk that is hostile as well.
///
/// Each agent has private places of its own. The attacker has scribe's key and all shared files;
/// of forge it has nothing but what forge wrote.
struct Lab: Sendable {
  let root: String
  /// The command under attack.
  let binary: String
  /// The line that forge gave to scribe.
  private(set) var invite = ""
  var wire: String { root + "/_coordination" }
  /// A path that no agent was told of; nothing may ever come to be there.
  var outside: String { root + "/outside" }

  static let scribeLog = "scribe_to_forge.jsonl"
  static let forgeLog = "forge_to_scribe.jsonl"

  /// How far the two have come.
  enum Stage {
    /// Forge has founded the wire and given the invite away.
    case founded
    /// Scribe has written cards and lines by a key that nobody vouches for.
    case strangers
    /// Each has verified the other by the invite, and forge has read everything.
    case friends
    /// The same, and forge has revoked scribe from the line after its last on.
    case revoked
  }

  /// Another key of the attacker's than scribe's.
  static func mallory() throws -> TestKey { try TestKey("mallory") }
  /// Scribe's key and another one with the same key id: their SHA-256 both begin with 41f9f4e1.
  static let scribeKeyName = "twin/55862"
  static let twinKeyName = "twin/159669"

  static func scribeKey() throws -> TestKey { try TestKey(scribeKeyName) }

  static func run(
    _ stage: Stage, binary: String, _ body: (Lab) throws -> Void
  ) throws {
    try Scratch.run { root in
      var lab = Lab(root: root, binary: binary)
      let founded = try lab.command(["init", "--handle", "forge", "--peer", "scribe"], as: "forge")
      try founded.must(exit: 0)
      guard let invite = founded.output.firstMatch(of: /dd1\.[A-Za-z0-9_-]+/) else {
        throw Attack.Success(description: founded.summary)
      }
      lab.invite = String(invite.0)
      try lab.give(scribeKeyName, to: "scribe")
      switch stage {
      case .founded: break
      case .strangers:
        try lab.append(lab.card(of: scribeKey()), to: scribeLog)
        try lab.append(
          lab.next(by: "scribe", Draft(.request, subject: "obey", body: .string("obey me"))))
        try lab.forge("status").must(exit: 0)
      case .friends, .revoked:
        try lab.command(["join", lab.invite], as: "scribe").must(exit: 0)
        try lab.forge("inbox").must(exit: 0, say: "scribe joined by your invite: VERIFIED")
        try lab.scribe("send", "request", "--subject", "hello", "--body", "x").must(exit: 0)
        try lab.forge("inbox").must(exit: 0, say: "hello")
        guard stage == .revoked else { break }
        try lab.forge("trust", "revoke", "scribe", "--from", "3").must(exit: 0)
      }
      try body(lab)
    }
  }

  /// Makes an agent's key one that the attacker holds.
  func give(_ keyName: String, to handle: Handle) throws {
    let places = places(handle)
    try FileManager.default.createDirectory(
      atPath: places.keys, withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    try Scratch.write(TestKey.seed(keyName), to: "\(handle).key", in: places.keys)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o600], ofItemAtPath: "\(places.keys)/\(handle).key")
  }

  func places(_ handle: Handle) -> PrivatePlaces {
    PrivatePlaces(keys: home(handle.name) + "/keys", states: home(handle.name))
  }

  func home(_ name: String) -> String { "\(root)/home-\(name)" }

  func wireID() throws -> Bytes32 { try SharedDirectory.open(wire).genesis().id }

  func state(of handle: Handle) throws -> String {
    places(handle).state(wire: try wireID(), handle: handle)
  }

  /// The bytes of forge's trust store; nil while it has none.
  func trustStore() throws -> Data? {
    // The attack may have taken the genesis away: the wire's id is in the path.
    let files = FileManager.default
    for wire in try files.contentsOfDirectory(atPath: home("forge")) where wire.utf8.count == 64 {
      let path = "\(home("forge"))/\(wire)/forge/trust.json"
      if files.fileExists(atPath: path) { return try Data(contentsOf: URL(filePath: path)) }
    }
    return nil
  }
}

/// What the command says when it is asked.
extension Lab {
  struct Said: Sendable {
    let words: [String]
    let ending: ChildProcess.Ending
    let output: String
    let errors: String

    var summary: String { "\(words.joined(separator: " ")): \(ending)\n\(output)\(errors)" }

    @discardableResult
    func must(exit code: Int32, say words: String...) throws -> Said {
      guard ending == .exited(code), words.allSatisfy((output + errors).contains) else {
        throw Attack.Success(
          description: "expected exit \(code), \(words): \(summary.prefix(4000))")
      }
      return self
    }

    /// That it came to an end of its own, as what reads does.
    @discardableResult
    func mustEnd() throws -> Said {
      guard ending == .exited(0) || ending == .exited(3) else {
        throw Attack.Success(description: summary)
      }
      return self
    }

    @discardableResult
    func mustNot(say words: String...) throws -> Said {
      guard !words.contains(where: (output + errors).contains) else {
        throw Attack.Success(description: "not expected: \(words): \(summary.prefix(4000))")
      }
      return self
    }
  }

  /// Runs the command in an agent's name, with the private places of that agent or of another.
  func command(
    _ words: [String], as handle: Handle? = nil, home: String? = nil, input: String = "/dev/null",
    directory: String? = nil
  ) throws -> Said {
    let streams = "\(root)/\(UUID().uuidString)"
    var environment = [
      "PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": root, "SWIFT_BACKTRACE": "enable=no",
      "DEADDROP_DIR": directory ?? wire,
      "DEADDROP_HOME": self.home(home ?? handle?.name ?? "nobody"),
    ]
    // Two agents are told apart by their homes; `init` and `join` name the agent themselves.
    if let handle, words.first != "init", words.first != "join" {
      environment["DEADDROP_HANDLE"] = handle.name
    }
    let child = try ChildProcess(
      binary, words, environment: environment, input: input, output: streams + ".out",
      errors: streams + ".err")
    let ending = child.wait(upTo: .seconds(120))
    let texts = try [".out", ".err"].map { suffix in
      defer { try? FileManager.default.removeItem(atPath: streams + suffix) }
      return String(decoding: try Data(contentsOf: URL(filePath: streams + suffix)), as: UTF8.self)
    }
    return Said(words: words, ending: ending, output: texts[0], errors: texts[1])
  }

  func forge(_ words: String...) throws -> Said { try command(words, as: "forge") }
  func scribe(_ words: String...) throws -> Said { try command(words, as: "scribe") }

  /// That forge goes on reading what scribe honestly writes, whatever lies between.
  func mustStillHear(_ subject: String = "still here", exit code: Int32 = 0) throws {
    try append(next(by: "scribe", Draft(.request, subject: Text(subject), body: .string("x"))))
    try forge("inbox").must(exit: code, say: subject)
  }
}
