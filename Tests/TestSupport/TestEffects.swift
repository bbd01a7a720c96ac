package import WireFormat

/// Values for `body.effects` of a proposal.
package enum TestEffects {
  /// Gives a domain to an owner; nil removes it.
  package static func domain(_ name: Text, to owner: Handle?) -> JSONValue {
    let value: JSONValue =
      owner.map { .object(["owner": .string($0.name), "paths": .strings(["y/**"])]) } ?? .null
    return .object(["domains": .object([name: value])])
  }

  package static func tier(_ name: Text = "T1_active", seconds: Int) -> JSONValue {
    .object(["tiers": .object([name: .object(["cadence_seconds": .integer(seconds)])])])
  }

  package static func add(_ handle: Handle, pk: Bytes32) -> JSONValue {
    members(
      "add",
      [
        "handle": .string(handle.name), "pk": .string(pk.hex),
        "log": .string("\(handle)_to_all.jsonl"),
      ])
  }

  /// Cuts a chain behind its line of that seq and id.
  package static func remove(_ handle: Handle, seq: Int, id: Bytes32) -> JSONValue {
    members(
      "remove",
      [
        "handle": .string(handle.name), "seq": .integer(seq), "event_id": .string(id.hex),
      ])
  }

  package static func recover(
    _ handle: Handle, seq: Int, id: Bytes32, pk: Bytes32
  ) -> JSONValue {
    members(
      "recover",
      [
        "handle": .string(handle.name), "seq": .integer(seq), "event_id": .string(id.hex),
        "pk": .string(pk.hex),
      ])
  }

  private static func members(_ verb: Text, _ entry: JSONObject) -> JSONValue {
    .object(["members": .object([verb: .array([.object(entry)])])])
  }
}
