import Identity
import WireFormat

/// Keys and lines made for a test, always the same ones.
enum Samples {
  static let time = Timestamp(microseconds: 1_800_000_000_000_000)
  static let wire = SHA256Hasher.hash(Array("a wire".utf8))

  /// A point of mixed order, whose signatures below libsodium alone would take.
  ///
  /// Made from a known scalar and the point of order 2, by trying nonces.
  static let mixedKey = "76985cdbd2364a744397b773ed9a33933a0d9390c3775a2aa16fe4f8cb235a8d"

  /// The key whose seed is the number's SHA-256.
  static func key(_ number: Int) throws -> SigningKey {
    try key(seed: SHA256Hasher.hash(Array("seed \(number)".utf8)).bytes)
  }

  static func key(seed: [UInt8]) throws -> SigningKey {
    try SigningKey(seed: try secret(seed))
  }

  static func secret(_ bytes: [UInt8]) throws -> SecretBytes {
    var secret = try SecretBytes(byteCount: bytes.count)
    // SAFETY: the memory has as many bytes as the array.
    unsafe secret.withMutableBytes { unsafe $0.copyBytes(from: bytes) }
    return secret
  }

  /// A message at seq 1 to 20, with a body of another shape each time.
  static func object(_ number: Int, from handle: Handle, pk: Bytes32) -> JSONObject {
    let bodies: [JSONValue] = [
      .string("yes"), .null, .integer(-number), .real(0.5), .array([.bool(true), .string("é\n")]),
      .object(["a": .integer(1), "event_id": .string("inner"), "z": .object([:])]),
    ]
    let draft = Draft(
      .feedback, subject: Text("n\u{0}\(number)"), body: bodies[number % bodies.count],
      refs: number.isMultiple(of: 2) ? [] : ["git:1"], re: number > 10 ? wire : nil)
    let prev = number == 1 ? Bytes32.zero : wire
    let place: Envelope.Place =
      number.isMultiple(of: 7) ? .beat(n: number) : .chain(seq: number, prev: prev)
    return draft.object(from: handle, pk: pk, wire: wire, place: place, at: time)
  }

  static func line(_ number: Int, from handle: Handle) throws -> [UInt8] {
    let key = try key(number)
    return LineSignature.sign(
      object(number, from: handle, pk: key.publicKey.bytes), as: handle, with: key)
  }
}

/// How far a line gets in the checks that need no directory and no chain.
enum LineCheck: Equatable {
  case refused(LineFault)
  case holds(pk: Bytes32)

  init(_ line: [UInt8], from handle: Handle) {
    let line = line.span
    do {
      let envelope = try Envelope.read(line)
      guard EventID.of(line, envelope.fields) == envelope.eventID else {
        self = .refused(.eventIDMismatch)
        return
      }
      let holds = LineSignature.holds(line, envelope, from: handle)
      self = holds ? .holds(pk: envelope.pk) : .refused(.badSignature)
    } catch {
      self = .refused(error)
    }
  }
}
