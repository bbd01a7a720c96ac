package import WireFormat

/// What an inviter hands to a newcomer, by a way of their own.
///
/// Whoever reads it can join in the newcomer's place until it is used or expires. Source:
/// PROTOCOL.md, "Cards, invites, first keys".
package struct Invite: Hashable, Sendable {
  /// Where the wire is, as the inviter sees it.
  package let loc: String
  package let wire: Bytes32
  /// The inviter's signing key.
  package let pk: Bytes32
  package let from: Handle
  package let to: Handle
  package let secret: Bytes32
  package let expires: Timestamp

  package init(
    loc: String, wire: Bytes32, pk: Bytes32, from: Handle, to: Handle, secret: Bytes32,
    expires: Timestamp
  ) {
    (self.loc, self.wire, self.pk) = (loc, wire, pk)
    (self.from, self.to, self.secret, self.expires) = (from, to, secret, expires)
  }

  /// Reads the line that `text` gives, without white space around it.
  ///
  /// The inviter's key is checked; expiry is not, which is the inviter's to judge. Throws the first
  /// fault in the order of `InviteFault`'s cases.
  package init(text: String) throws(InviteFault) {
    let characters = Array(text.utf8)
    guard characters.starts(with: Self.prefix) else { throw .noPrefix }
    guard let bytes = Base64.decodeURL(Array(characters.dropFirst(Self.prefix.count))) else {
      throw .notBase64
    }
    let object: JSONObject
    do { object = try JSONParser.object(bytes) } catch { throw .notCanonical }
    guard CanonicalWriter.bytes(of: object) == bytes else { throw .notCanonical }
    for member in object.members where !Self.keys.contains(member.key) {
      throw .unknownField(member.key)
    }
    loc = try Self.take("loc", object) { $0.utf8.isEmpty ? nil : $0.string }
    wire = try Self.take("wire", object, Bytes32.init(hex:))
    pk = try Self.take("pk", object, Bytes32.init(hex:))
    from = try Self.take("from", object) { Handle($0) }
    to = try Self.take("to", object) { Handle($0) }
    secret = try Self.take("secret", object, Bytes32.init(hex:))
    expires = try Self.take("expires", object, Timestamp.init)
    do { _ = try PublicKey(checking: pk) } catch { throw .badKey(error) }
  }

  /// `dd1.` and base64url without padding of the canonical object.
  package var text: String {
    let object: JSONObject = [
      "expires": .string(expires.string), "from": .string(from.name), "loc": .string(loc),
      "pk": .string(pk.hex), "secret": .string(secret.hex), "to": .string(to.name),
      "wire": .string(wire.hex),
    ]
    return String(decoding: Self.prefix, as: UTF8.self)
      + Base64.encodeURL(CanonicalWriter.bytes(of: object))
  }

  private static let prefix = Array("dd1.".utf8)
  private static let keys: [Text] = ["expires", "from", "loc", "pk", "secret", "to", "wire"]

  private static func take<Value>(
    _ key: Text, _ object: JSONObject, _ read: (Text) -> Value?
  ) throws(InviteFault) -> Value {
    guard let value = object[key]?.text.flatMap(read) else { throw .badField(key) }
    return value
  }
}

extension Invite: CustomStringConvertible {
  /// Names whom it joins; never shows the secret.
  package var description: String { "invite from \(from.name) to \(to.name)" }
}

/// Why a text is no invite.
package enum InviteFault: Error, Equatable, Sendable {
  case noPrefix
  case notBase64
  /// No JSON object, or one that is spelled in another way than the canonical one.
  case notCanonical
  case unknownField(Text)
  /// Missing, or of another shape than its row in PROTOCOL.md allows.
  case badField(Text)
  case badKey(IdentityError)
}

extension InviteFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noPrefix: "the text does not begin with dd1."
    case .notBase64: "the invite is cut short or altered: not base64url"
    case .notCanonical: "the invite is cut short or altered: not a canonical object"
    case .unknownField: "the invite has a field that this version does not know"
    case .badField(let key): "the invite has no valid field \(key.string)"
    case .badKey(let error): "the inviter's key in the invite is refused: \(error)"
    }
  }
}
