package import WireFormat

/// Which key opens each member's chain, and in which log: a fold of the wire itself.
///
/// A member's first key is, in this order, the one that the genesis names, the one that the
/// founder's `introduce` or a member decision names, or that of the first valid seq 1 in its log.
/// Later keys come from the chain. Local trust never enters here. Source: PROTOCOL.md, "Whose key".
package struct KeyDirectory: Equatable, Sendable {
  /// Where a forked chain goes on, as its other members decided.
  package struct Recovery: Hashable, Sendable {
    /// The last line that stands.
    package let seq: Int
    package let eventID: Bytes32
    /// The key of the line after it.
    package let pk: Bytes32

    package init(seq: Int, eventID: Bytes32, pk: Bytes32) {
      self.seq = seq
      self.eventID = eventID
      self.pk = pk
    }
  }

  package struct Entry: Equatable, Sendable {
    /// A file name in the wire directory.
    package let log: String
    /// The key of seq 1, where somebody with the right named one; else the first valid card opens
    /// the log.
    package fileprivate(set) var namedKey: Bytes32?
    package fileprivate(set) var recoveries: [Recovery] = []

    package init(log: String, namedKey: Bytes32? = nil, recoveries: [Recovery] = []) {
      self.log = log
      self.namedKey = namedKey
      self.recoveries = recoveries
    }
  }

  package let founder: Handle
  package private(set) var entries: [Handle: Entry] = [:]

  package init(founder: Handle, founderKey: Bytes32, logs: [(Handle, String)]) {
    self.founder = founder
    for (handle, log) in logs { entries[handle] = Entry(log: log) }
    entries[founder]?.namedKey = founderKey
  }

  /// In the order of their handles.
  package var handles: [Handle] { entries.keys.sorted() }

  /// Takes the founder's word for a member's first key; the first word stands.
  package mutating func introduce(_ handle: Handle, pk: Bytes32) {
    guard entries[handle]?.namedKey == nil else { return }
    entries[handle]?.namedKey = pk
  }

  /// Takes a member that a decision added; a handle or log that is taken is left as it is.
  package mutating func add(_ handle: Handle, pk: Bytes32, log: String) {
    guard entries[handle] == nil, !entries.values.contains(where: { $0.log == log }) else { return }
    entries[handle] = Entry(log: log, namedKey: pk)
  }

  package mutating func recover(_ handle: Handle, _ recovery: Recovery) {
    guard entries[handle]?.recoveries.contains(recovery) == false else { return }
    entries[handle]?.recoveries.append(recovery)
  }
}
