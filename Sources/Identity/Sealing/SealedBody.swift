package import WireFormat

/// A body that only some can read: the field `enc` of a message, and what binds it to the message.
///
/// Source: PROTOCOL.md, "Sealed bodies".
package struct SealedBody: Sendable {
  package static let algorithm: Text = "xchacha20poly1305-sealedbox-v1"

  /// The content key for one reader, and the beginning of the key that it was sealed to.
  private struct Box {
    let kid: Text
    let bytes: [UInt8]
  }

  private let nonce: [UInt8]
  private let commitment: Bytes32
  private let boxes: JSONObject
  private let ciphertext: [UInt8]
  /// The canonical message around the ciphertext.
  private let associated: [UInt8]

  /// Reads the seal of a message, whose other fields it is tied to.
  ///
  /// Throws `malformed` or `unknown_algorithm`.
  package init(of message: JSONObject) throws(SealFault) {
    // A reader without `crit` before it would take the message for one without a body.
    guard message[Field.crit.key]?.texts?.contains(Field.enc.key) == true,
      let enc = message[Field.enc.key]?.members, let algorithm = enc["alg"]?.text
    else { throw .malformed }
    guard algorithm == Self.algorithm else { throw .unknownAlgorithm }
    guard let nonce = enc["nonce"]?.text.flatMap({ Base64.decode($0) }),
      nonce.count == ContentKey.nonceByteCount,
      let commitment = enc["commit"]?.text.flatMap(Bytes32.init(hex:)),
      let boxes = enc["keys"]?.members,
      let ciphertext = enc["ct"]?.text.flatMap({ Base64.decode($0) }),
      Self.byteCounts.contains(ciphertext.count)
    else { throw .malformed }
    (self.nonce, self.commitment, self.boxes) = (nonce, commitment, boxes)
    self.ciphertext = ciphertext
    associated = Self.associated(with: message)
  }

  /// The tag and one block, up to the longest body in {"body":…}, padded, and the tag.
  private static let byteCounts =
    ContentKey.tagByteCount + Padding.blockByteCount...ContentKey.tagByteCount
    + Padding.byteCount(of: ReaderLimits.bodyByteCount + #"{"body":}"#.utf8.count)

  /// The handles that have a box, in their order; what is no handle is passed over.
  package var readers: [Handle] { boxes.members.compactMap { Handle($0.key) } }

  /// The key to which the box of this reader was sealed, by its first digits.
  package func kid(of reader: Handle) throws(SealFault) -> String {
    try box(of: reader).kid.string
  }

  /// Opens the body as one of its readers.
  ///
  /// Throws the first fault in the order of `SealFault`'s cases.
  package func open(
    as reader: Handle, with key: borrowing SealingKey
  ) throws(SealFault) -> JSONValue {
    let box = try box(of: reader)
    guard box.kid == Text(key.publicKey.kid) else { throw .otherKey }
    let content = try ContentKey(box: box.bytes, openedBy: key)
    guard content.commitment(to: nonce) == commitment else { throw .badCommitment }
    guard let padded = content.decrypt(ciphertext, nonce: nonce, associated: associated) else {
      throw .badCiphertext
    }
    guard let plain = Padding.remove(from: padded), let object = try? JSONParser.object(plain),
      let body = object["body"], CanonicalWriter.bytes(of: ["body": body]) == plain,
      CanonicalWriter.bytes(of: body).count <= ReaderLimits.bodyByteCount
    else { throw .badContent }
    return body
  }

  private func box(of reader: Handle) throws(SealFault) -> Box {
    guard let value = boxes[Text(reader.name)] else { throw .notForThisAgent }
    guard let kid = value.members?["kid"]?.text,
      let bytes = value.members?["box"]?.text.flatMap({ Base64.decode($0) }),
      bytes.count == ContentKey.boxByteCount
    else { throw .malformed }
    return Box(kid: kid, bytes: bytes)
  }

  /// Seals a body into a message that has all its other fields but those that come by signing.
  ///
  /// Everything that the message says is bound to the ciphertext, so that it opens nowhere else.
  /// Throws `badSealingKey`, `outOfLockedMemory` or `libraryUnavailable`.
  package static func seal(
    _ body: JSONValue, into message: JSONObject, for readers: [Handle: SealingPublicKey]
  ) throws(IdentityError) -> JSONObject {
    let content = try ContentKey.generate()
    let nonce = SecureRandom.bytes(ContentKey.nonceByteCount)
    var boxes = JSONObject()
    for (reader, key) in readers {
      boxes[Text(reader.name)] = .object([
        "box": .string(Base64.encode(try content.box(for: key))), "kid": .string(key.kid),
      ])
    }
    var enc: JSONObject = [
      "alg": .string(algorithm), "commit": .hex(content.commitment(to: nonce)),
      "keys": .object(boxes), "nonce": .string(Base64.encode(nonce)),
    ]
    var message = message
    message[Field.enc.key] = .object(enc)
    let plain = Padding.add(to: CanonicalWriter.bytes(of: ["body": body]))
    let ciphertext = content.encrypt(
      plain, nonce: nonce, associated: associated(with: message))
    enc["ct"] = .string(Base64.encode(ciphertext))
    message[Field.enc.key] = .object(enc)
    return message
  }

  /// The canonical message without the ciphertext and the three fields that come by signing.
  private static func associated(with message: JSONObject) -> [UInt8] {
    var rest = EventID.signedPart(of: message)
    if var enc = rest[Field.enc.key]?.members {
      enc["ct"] = nil
      rest[Field.enc.key] = .object(enc)
    }
    return CanonicalWriter.bytes(of: rest)
  }
}
