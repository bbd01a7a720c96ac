import Host
package import WireFormat

/// The highest counters of beats, the own one and those seen of peers: a lower one is a replay.
package struct BeatCounters: Sendable {
  private var object: JSONObject
  private var saved: JSONObject

  private static let name = "beats.json"
  private static let lockName = "beats.lock"

  package subscript(_ handle: Handle) -> Int { object[Text(handle.name)]?.int ?? 0 }

  /// Changes the counters under their lock; saves them when one rose.
  package static func change<Value>(
    _ state: borrowing PrivateState, _ body: (inout BeatCounters) throws(WireError) -> Value
  ) throws(WireError) -> Value {
    let lock = try state.lock(lockName)
    defer { try? lock.unlock() }
    let before = try read(state)
    var counters = BeatCounters(object: before, saved: before)
    let value = try body(&counters)
    try counters.save(state)
    return value
  }

  /// What was saved; nothing where that is gone or damaged: the beats themselves say the rest.
  private static func read(_ state: borrowing PrivateState) throws(WireError) -> JSONObject {
    do {
      return try state.readObject(name) ?? [:]
    } catch {
      if case .privateState = error { return [:] }
      throw error
    }
  }

  /// Saves them durably when one rose: for the own one before its beat is written, so that no
  /// crash and no power cut lets a number be used twice.
  package mutating func save(_ state: borrowing PrivateState) throws(WireError) {
    guard object != saved else { return }
    try state.write(object, to: Self.name, durable: true)
    saved = object
  }

  /// Takes a counter that is at least the one held; false for a replay.
  package mutating func raise(_ handle: Handle, to n: Int) -> Bool {
    guard n >= self[handle] else { return false }
    object[Text(handle.name)] = .integer(n)
    return true
  }
}
