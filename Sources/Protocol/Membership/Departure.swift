package import WireFormat

/// A member's `leave`: what it writes behind it has no effect.
///
/// It changes no table: whoever has left is an owner until a decision removes it, since owners
/// follow from what a proposal names and never from what else a reader holds.
package struct Departure: Equatable, Sendable {
  package let seq: Int
  package let eventID: Bytes32
}

extension WireState {
  /// Whether the line stands behind its writer's `leave`.
  func isBehindLeave(_ message: Message) -> Bool {
    guard let departure = departures[message.from], let seq = message.seq else { return false }
    return seq > departure.seq && !Mutant.on(.leaveIgnored)
  }

  mutating func foldLeave(_ message: Message) -> Outcome {
    guard let seq = message.seq else { return .refused(.outsideChain) }
    guard departures[message.from] == nil else { return .repeated }
    departures[message.from] = Departure(seq: seq, eventID: message.eventID)
    return .folded
  }
}

/// Why nothing counts any more that a member writes.
package enum Ending: Equatable, Sendable {
  /// By a decision, which is named by its proposal.
  case removed(by: Bytes32)
  case left
}

extension WireState {
  /// The members in force who can still answer: whoever has left cannot, and owes nothing.
  package func answerers(under history: EffectHistory) -> Set<Handle> {
    history.current.members.filter { departures[$0] == nil }
  }

  /// Nil for a member whose lines count.
  package func ending(of handle: Handle, under history: EffectHistory) -> Ending? {
    if let removal = history.removal(of: handle) { return .removed(by: removal.eventID) }
    return departures[handle] == nil ? nil : .left
  }

  /// Whether a line at this place of a member's chain can have an effect.
  package func canCount(_ handle: Handle, _ seq: Int, under history: EffectHistory) -> Bool {
    history.stands(handle, seq) && departures[handle].map { seq <= $0.seq } ?? true
  }
}
