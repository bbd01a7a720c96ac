import DeadDropKit
import Foundation
import Identity
import Protocol
import TestSupport
import Wire
import WireFormat

/// A wire full of everything, its victim who believes one member of it, and how to put it back.
struct Ground {
  /// The victim; it founded the wire, so nobody else's word pins a key at it.
  static let victim: Handle = "ada"
  /// Whom the victim has verified.
  static let friend: Handle = "bob"

  let root: String
  let wire: TestWire
  /// Wire and home as they are before each mutation: all read, or nothing yet.
  let images: [TreeImage]
  /// What the trust store holds in all of them.
  let trust: [UInt8]

  static let folder = "_coordination"
  static let home = "home"
  private var trustPath: String {
    "\(Self.home)/\(wire.genesis.id.hex)/\(Self.victim)/trust.json"
  }

  struct Untrusting: Error {}

  /// Lays out a random wire; commands of this process are to be run by its victim from now on.
  init(root: String, seed: UInt64) throws {
    self.root = root
    wire = try Self.wire(seed)
    let places = PrivatePlaces(keys: "\(root)/\(Self.home)/keys", states: "\(root)/\(Self.home)")
    let path = "\(root)/\(Self.folder)"
    let state = places.state(wire: wire.genesis.id, handle: Self.victim)
    for folder in [path, places.keys, state] {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true,
        attributes: [.posixPermissions: folder == path ? 0o755 : 0o700])
    }
    try wire.write(to: path)
    try Scratch.write(TiersText.standard, to: "tiers.json", in: path)
    try Scratch.write(Array("A copy for people.\n".utf8), to: "PROTOCOL.md", in: path)
    for (name, secret) in [
      ("\(Self.victim).key", TestKey.seed("\(Self.victim)/1")),
      ("\(Self.victim).seal", Self.sealingSecret.bytes),
    ] {
      try Scratch.write(secret, to: name, in: places.keys)
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o600], ofItemAtPath: "\(places.keys)/\(name)")
    }
    for (name, value) in [
      ("DEADDROP_HOME", "\(root)/\(Self.home)"), ("DEADDROP_DIR", path),
      ("DEADDROP_HANDLE", Self.victim.name), ("HOME", root),
    ] { unsafe setenv(name, value, 1) }
    try Self.settle(wire)
    let read = try TreeImage(of: root)
    trust = read.files["\(Self.home)/\(wire.genesis.id.hex)/\(Self.victim)/trust.json"]?.bytes ?? []
    guard !trust.isEmpty else { throw Untrusting() }
    var unread = read
    for name in read.files.keys where name.hasSuffix("heads.json") || name.contains("/cursors/") {
      unread.files[name] = nil
    }
    images = [read, unread]
  }

  /// One in which no decision adds a member: a decision that the victim acked may pin a key.
  private static func wire(_ seed: UInt64) throws -> TestWire {
    for attempt in 0..<1000 {
      var wire = try WireGenerator.wire(RandomSource("ground \(seed) \(attempt)"), steps: 30)
      let text = wire.logs.values.joined().joined()
      guard wire.logs[victim]?.isEmpty == false, wire.logs[friend]?.isEmpty == false,
        !String(decoding: text, as: UTF8.self).contains("\"add\"")
      else { continue }
      for writer in wire.handles where writer != victim && wire.logs[writer]?.isEmpty == false {
        try addSteps(by: writer, &wire)
      }
      return wire
    }
    throw Untrusting()
  }

  /// A body that is sealed to the victim, and the steps of comparing codes with it.
  private static func addSteps(by writer: Handle, _ wire: inout TestWire) throws {
    let key = try SealingKey(publishedSecret: sealingSecret)
    let order = Draft(.request, subject: "sealed", body: .null, to: .handles([victim]))
    var failure: (any Error)?
    try wire.write(order, by: writer) { object in
      object["body"] = nil
      object["crit"] = .strings(["enc"])
      do {
        object = try SealedBody.seal(
          .string("a secret"), into: object, for: [victim: key.publicKey])
      } catch { failure = error }
    }
    if let failure { throw failure }
    let name = Text("fuzzed by \(writer)")
    let start = SASStep.Content.start(commitment: SAS.commitment(to: .unheld("nonce")))
    for content in [start, .nonce(.unheld("answer")), .open(.unheld("nonce"))] {
      try wire.write(
        Draft(
          content.type, subject: "sas", body: .object(content.body(of: name)),
          to: .handles([victim])), by: writer)
    }
  }

  private static var sealingSecret: Bytes32 { .unheld("the victim's sealing key") }

  /// The victim takes its log on, believes its friend, reads, and writes what is its to write.
  private static func settle(_ wire: TestWire) throws {
    let pk = wire.writers[friend]?.key.pk.hex ?? ""
    for words in [
      ["repair", "adopt"], ["trust", "pin", friend.name, "--key", pk], ["inbox"], ["heartbeat"],
      ["inbox"],
    ] { _ = Commanding.run(words) }
  }

  /// The trust store as it is now; nil where it is gone.
  func trustNow() throws -> [UInt8]? {
    FileManager.default.contents(atPath: "\(root)/\(trustPath)").map { Array($0) }
  }
}

/// The bytes of a `tiers.json`.
private enum TiersText {
  static let standard = Array(
    #"{"schema_version":1,"tiers":{"T1_active":{"cadence_seconds":90}}}"#.utf8)
}
