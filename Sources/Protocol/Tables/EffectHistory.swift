package import Identity
package import WireFormat

/// Which effect-bearing decisions count, judged in the one order that every replica finds.
///
/// A decision comes after those that its proposal's `after` closure holds; of those free to come
/// next the lowest decision_id does. Each is judged under the tables of its own closure and the
/// cuts of those accepted before it, and an accepted one is not undone by a later cut.
package struct EffectHistory: Sendable {
  struct Entry {
    let decision: Bytes32
    let proposal: Proposal
    let effects: Effects
    /// The counting decisions that this one follows, directly or not.
    let closure: Set<Bytes32>
  }

  /// In the order of judgement, by decision message.
  private(set) var counting: [Entry] = []
  private var byDecision: [Bytes32: Entry] = [:]
  /// Decisions that rest on lines that are not held yet.
  private(set) var undetermined: Set<Bytes32> = []
  /// Why the others did not count when it was their turn.
  private(set) var rejected: [Bytes32: NoEffect] = [:]
  /// The last seq that stands of each removed member.
  package private(set) var cuts: [Handle: Effects.Cut] = [:]
  private let genesis: Genesis

  init(_ state: WireState) {
    genesis = state.genesis
    var waiting: [Bytes32: (Proposal, Effects, Decision)] = [:]
    for proposal in state.proposals.values {
      guard let effects = proposal.effects, let decision = state.decision(of: proposal) else {
        continue
      }
      waiting[decision.eventID] = (proposal, effects, decision)
    }
    judge(waiting, state)
  }

  /// Kahn's order over `after`, ties by the lowest decision_id.
  private mutating func judge(
    _ waiting: [Bytes32: (Proposal, Effects, Decision)], _ state: WireState
  ) {
    var blockers: [Bytes32: Int] = [:]
    var blocked: [Bytes32: [Bytes32]] = [:]
    var ready = DecisionQueue()
    for (id, (proposal, _, _)) in waiting {
      let before = proposal.after.filter { waiting[$0] != nil }
      blockers[id] = before.count
      for other in before { blocked[other, default: []].append(id) }
      if before.isEmpty { ready.insert(proposal.eventID, id) }
    }
    while let next = ready.next(), let (proposal, effects, decision) = waiting[next] {
      let isHeld = proposal.after.allSatisfy { state.isDetermined($0, under: self) }
      if !isHeld || !state.holdsAcks(of: decision, on: proposal) {
        undetermined.insert(next)
      } else if let flaw = state.noEffect(of: decision, on: proposal, under: self) {
        rejected[next] = flaw
      } else {
        accept(
          Entry(
            decision: decision.eventID, proposal: proposal, effects: effects,
            closure: closure(of: proposal.after)))
      }
      for id in blocked[next] ?? [] {
        blockers[id, default: 1] -= 1
        if blockers[id] == 0, let other = waiting[id] { ready.insert(other.0.eventID, id) }
      }
    }
  }

  private mutating func accept(_ entry: Entry) {
    counting.append(entry)
    byDecision[entry.decision] = entry
    for (handle, change) in entry.effects.members {
      if case .remove(let cut) = change, cuts[handle] == nil { cuts[handle] = cut }
    }
  }

  /// The counting decisions among these and all that they follow.
  private func closure(of after: [Bytes32]) -> Set<Bytes32> {
    var closure: Set<Bytes32> = []
    for id in after {
      guard let entry = byDecision[id] else { continue }
      closure.insert(id)
      closure.formUnion(entry.closure)
    }
    return closure
  }

  /// The tables that a writer saw who knew just these decisions.
  func tables(after: [Bytes32]) -> Tables {
    guard !after.isEmpty else { return Tables(genesis) }
    let closure = closure(of: after)
    return tables(of: counting.filter { closure.contains($0.decision) })
  }

  /// The tables in force where everything held is known.
  package var current: Tables { tables(of: counting) }

  /// For each name: of the decisions on it that no other on it follows, the lowest decision_id
  /// holds.
  private func tables(of entries: [Entry]) -> Tables {
    var tables = Tables(genesis)
    for (name, winner) in holders(of: entries) { winner.effects.apply(name, to: &tables) }
    return tables
  }

  /// The proposal by whose decision a domain is as it is; nil for one that the genesis gave.
  package func origin(ofDomain name: Text) -> Bytes32? {
    Self.holder(among: counting.filter { $0.effects.domains.keys.contains(name) })?
      .proposal.eventID
  }

  private func holders(of entries: [Entry]) -> [Effects.Name: Entry] {
    var byName: [Effects.Name: [Entry]] = [:]
    for entry in entries {
      for name in entry.effects.names { byName[name, default: []].append(entry) }
    }
    return byName.compactMapValues(Self.holder)
  }

  /// Of the decisions that no other of them follows, the one with the lowest decision_id.
  private static func holder(among rivals: [Entry]) -> Entry? {
    let followed = rivals.reduce(into: Set<Bytes32>()) { $0.formUnion($1.closure) }
    return rivals.filter { !followed.contains($0.decision) }
      .min { $0.proposal.eventID < $1.proposal.eventID }
  }

  /// Whether this effect-bearing decision counts.
  func holds(_ decision: Bytes32) -> Bool { byDecision[decision] != nil }

  /// Whether a line at this place of a member's chain may be rested on.
  package func stands(_ handle: Handle, _ seq: Int) -> Bool {
    cuts[handle].map { seq <= $0.seq } ?? true || Mutant.on(.cutsIgnored)
  }

  /// The ids of all counting effect-bearing decisions: what a new proposal names in `after`.
  package var frontier: [Bytes32] { counting.map(\.decision).sorted() }

  /// Tells the directory whom the counting decisions added, and which chains go on after a fork.
  ///
  /// Of several additions of one handle the one that holds by the rule for names counts, whether or
  /// not the member was removed since: what it wrote before stands.
  package func extend(_ directory: inout KeyDirectory) {
    for entry in counting {
      for (handle, change) in entry.effects.members {
        if case .recover(let recovery) = change { directory.recover(handle, recovery) }
      }
    }
    for (handle, entry) in additions.sorted(by: { $0.key < $1.key }) {
      guard case .add(let pk, let log) = entry.effects.members[handle] else { continue }
      directory.add(handle, pk: pk, log: log)
    }
  }

  /// By handle, the addition of it that holds.
  var additions: [Handle: Entry] {
    var rivals: [Handle: [Entry]] = [:]
    for entry in counting {
      for (handle, change) in entry.effects.members {
        if case .add = change { rivals[handle, default: []].append(entry) }
      }
    }
    return rivals.compactMapValues(Self.holder)
  }

  /// The proposal whose decision cut a member's chain.
  package func removal(of handle: Handle) -> Proposal? {
    guard cuts[handle] != nil else { return nil }
    return counting.first { entry in
      if case .remove = entry.effects.members[handle] { true } else { false }
    }?.proposal
  }
}
