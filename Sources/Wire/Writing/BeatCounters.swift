import Host
package import WireFormat

/// The highest counters of beats, the own one and those seen of peers: a lower one is a replay.
package struct BeatCounters: Sendable {
  private var object: JSONObject

  private static let name = "beats.json"
  private static let lockName = "beats.lock"

  package subscript(_ handle: Handle) -> Int { object[Text(handle.name)]?.int ?? 0 }

  /// Changes the counters under their lock; saves them when one rose.
  package static func change<Value>(
    _ state: borrowing PrivateState, _ body: (inout BeatCounters) throws(WireError) -> Value
  ) throws(WireError) -> Value {
    let lock = try state.lock(lockName)
    defer { try? lock.unlock() }
    let before = try state.readObject(name) ?? [:]
    var counters = BeatCounters(object: before)
    let value = try body(&counters)
    if counters.object != before { try state.write(counters.object, to: name, durable: false) }
    return value
  }

  /// Takes a counter that is at least the one held; false for a replay.
  package mutating func raise(_ handle: Handle, to n: Int) -> Bool {
    guard n >= self[handle] else { return false }
    object[Text(handle.name)] = .integer(n)
    return true
  }
}
