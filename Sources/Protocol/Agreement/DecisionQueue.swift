import WireFormat

/// Decisions that can be judged next, the lowest decision_id first: a binary heap.
///
/// A member can write very many decisions that never count; judging them stays n log n.
struct DecisionQueue {
  private struct Item {
    let proposal: Bytes32
    let decision: Bytes32
  }

  private var items: [Item] = []

  mutating func insert(_ proposal: Bytes32, _ decision: Bytes32) {
    items.append(Item(proposal: proposal, decision: decision))
    var child = items.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard items[child].proposal < items[parent].proposal else { return }
      items.swapAt(child, parent)
      child = parent
    }
  }

  /// Takes out the decision message whose proposal's id is lowest.
  mutating func next() -> Bytes32? {
    guard let first = items.first else { return nil }
    let last = items.removeLast()
    guard !items.isEmpty else { return first.decision }
    items[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < items.count && items[child].proposal < items[least].proposal {
        least = child
      }
      guard least != parent else { return first.decision }
      items.swapAt(parent, least)
      parent = least
    }
  }
}
