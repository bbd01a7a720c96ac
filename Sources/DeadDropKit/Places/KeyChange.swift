import Host
package import Wire
package import WireFormat

/// A new key of this agent that its chain has not come to rest on yet.
///
/// Saved before the chain says anything of it, and gone when all is done: whoever is killed between
/// finds here which key was meant.
package struct KeyChange: Equatable, Sendable {
  package let pk: Bytes32
  package let sealKey: Bytes32
  /// Whether the other members are to decide on it; else the old key introduces it.
  package let isRecovery: Bool

  package static let name = "key-change.json"

  package init(pk: Bytes32, sealKey: Bytes32, isRecovery: Bool) {
    (self.pk, self.sealKey, self.isRecovery) = (pk, sealKey, isRecovery)
  }

  package static func load(_ state: borrowing PrivateState) throws(KitError) -> KeyChange? {
    let object = try KitError.liftingWire { () throws(WireError) in try state.readObject(name) }
    guard let object else { return nil }
    guard let pk = object["pk"]?.text.flatMap(Bytes32.init(hex:)),
      let sealKey = object["seal_key"]?.text.flatMap(Bytes32.init(hex:)),
      let isRecovery = object["recovery"]?.flag
    else { throw .wire(.privateState("\(state.path)/\(name)", "damaged")) }
    return KeyChange(pk: pk, sealKey: sealKey, isRecovery: isRecovery)
  }

  package func save(_ state: borrowing PrivateState) throws(KitError) {
    let object: JSONObject = [
      "pk": .hex(pk), "seal_key": .hex(sealKey), "recovery": .bool(isRecovery),
    ]
    try KitError.liftingWire { () throws(WireError) in
      try state.write(object, to: Self.name, durable: true)
    }
  }

  static func remove(_ state: borrowing PrivateState) throws(KitError) {
    try KitError.lifting { () throws(HostError) in
      try state.directory.unlink(name)
      try state.directory.synchronize()
    }
  }
}
