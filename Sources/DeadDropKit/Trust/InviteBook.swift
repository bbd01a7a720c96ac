package import Wire
package import WireFormat

/// The invites that this agent made, each good for one newcomer and one card.
package struct InviteBook: Sendable {
  package struct Entry: Equatable, Sendable {
    package let secret: Bytes32
    package let expires: Timestamp
    /// The key that used it.
    package var usedBy: Bytes32?
  }

  /// The newest invite of each handle, before it the older ones.
  package private(set) var entries: [Handle: [Entry]] = [:]

  package static let name = "invites.json"

  package static func load(_ state: borrowing PrivateState) throws(KitError) -> InviteBook {
    var book = InviteBook()
    let object = try KitError.liftingWire { () throws(WireError) in
      try state.readObject(name)
    }
    for member in object?.members ?? [] {
      guard let handle = Handle(member.key) else { continue }
      book.entries[handle] = (member.value.elements ?? []).compactMap { Entry($0) }
    }
    return book
  }

  package func save(_ state: borrowing PrivateState) throws(KitError) {
    var object = JSONObject()
    for (handle, list) in entries { object[Text(handle.name)] = .array(list.map(\.value)) }
    try KitError.liftingWire { () throws(WireError) in
      try state.write(object, to: Self.name, durable: true)
    }
  }

  package mutating func add(_ handle: Handle, secret: Bytes32, expires: Timestamp) {
    entries[handle, default: []].append(Entry(secret: secret, expires: expires))
  }

  package mutating func use(_ handle: Handle, _ index: Int, by pk: Bytes32) {
    entries[handle]?[index].usedBy = pk
  }
}

extension InviteBook.Entry {
  fileprivate var value: JSONValue {
    .object([
      "secret": .string(secret.hex), "expires": .string(expires.string),
      "used_by": usedBy.map { .string($0.hex) },
    ])
  }

  fileprivate init?(_ value: JSONValue) {
    guard let object = value.members,
      let secret = object["secret"]?.text.flatMap(Bytes32.init(hex:)),
      let expires = object["expires"]?.text.flatMap(Timestamp.init)
    else { return nil }
    self.init(
      secret: secret, expires: expires,
      usedBy: object["used_by"]?.text.flatMap(Bytes32.init(hex:)))
  }
}
