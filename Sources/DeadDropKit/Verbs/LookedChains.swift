import Wire
import WireFormat

/// The chains of which a reader that stays has been given all that it may have.
///
/// Without it the same lines would be read at each look: those of a peer that is not verified, or
/// of a chain that does not stand, may be as many as that peer likes.
struct LookedChains {
  private var records: [Handle: HeadRecord] = [:]
  /// Of whom nothing more is given before another key of theirs is believed.
  private var heldBack: Set<Handle> = []
  private var belief: Belief?

  init() {}

  /// All is looked at again where this agent has come to believe otherwise.
  mutating func follow(_ belief: Belief) {
    guard belief != self.belief else { return }
    (records, heldBack, self.belief) = ([:], [], belief)
  }

  func mayHaveMore(_ record: HeadRecord, of writer: Handle) -> Bool {
    guard let last = records[writer] else { return true }
    guard last != record else { return false }
    // Behind a cut other lines stand.
    return !heldBack.contains(writer) || last.recoveries != record.recoveries
  }

  mutating func note(_ record: HeadRecord, of writer: Handle, isHeldBack: Bool) {
    records[writer] = record
    if isHeldBack { heldBack.insert(writer) } else { heldBack.remove(writer) }
  }
}
