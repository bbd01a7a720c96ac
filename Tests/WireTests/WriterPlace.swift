import Foundation
import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

/// A wire on which bob writes its own log, and the places of its writer.
struct WriterPlace {
  let root: String
  let wire: TestWire
  let key: TestKey
  let log = "bob_to_ada.jsonl"
  var path: String { root + "/wire" }
  var statePath: String { root + "/state" }
  var writer: LogWriter { LogWriter(wire: wire.genesis.id, handle: "bob", log: log) }

  /// Noon of a day.
  static func time(_ year: Int, _ month: Int = 6, _ day: Int = 1) -> Int64 {
    let pad = { (number: Int) in (number < 10 ? "0" : "") + String(number) }
    let text = "\(year)-\(pad(month))-\(pad(day))T12:00:00.000000Z"
    return Timestamp(Text(text))?.microseconds ?? 0
  }

  /// Bob's card is written, by the writer itself.
  static func joined(at clock: Int64 = time(2026), _ body: (WriterPlace) throws -> Void) throws {
    var wire = try TestWire()
    try wire.card(by: "ada")
    try wire.introduce("bob", by: "ada")
    try Scratch.run { root in
      let place = WriterPlace(root: root, wire: wire, key: try TestKey("bob/1"))
      try FileManager.default.createDirectory(
        atPath: place.path, withIntermediateDirectories: false,
        attributes: [.posixPermissions: 0o755])
      wire.logs["bob"] = nil
      try wire.write(to: place.path)
      let card = Card.make(
        handle: "bob", name: "Bob", signingKey: place.key.signing, sealKey: .unheld("seal"),
        issuedAt: wire.now)
      let state = try PrivateState.open(place.statePath)
      _ = try place.writer.append(
        Draft(.agentCard, subject: "card", body: .object(["card": .object(card)])),
        with: place.key.signing, SharedDirectory.open(place.path), state, clock: clock)
      try body(place)
    }
  }

  func bytes() throws -> Data { try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(log)")) }

  func chain() throws -> Chain {
    let audit = try Audit.atPath(path, everySignature: true)
    #expect(audit.badLines == [])
    return try #require(audit.reading.chains["bob"])
  }
}

extension LogWriter {
  /// One line, with the log opened for it alone.
  func append(
    _ draft: Draft, with key: borrowing SigningKey, _ shared: borrowing SharedDirectory,
    _ state: borrowing PrivateState, clock: Int64
  ) throws -> Receipt {
    var open = try open(by: key.publicKey.bytes, shared, state)
    return try open.append(draft, with: key, shared, state, clock: clock)
  }
}
