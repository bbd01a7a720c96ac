package import WireFormat

/// Who may change which paths of the project now, by the tables in force and what was agreed.
///
/// Not a part of the state: whether an agreement still holds is for the clock of whoever asks.
package struct DomainRights: Sendable {
  /// A domain with those of its paths that are patterns.
  package struct Area: Sendable {
    package let name: Text
    package let owner: Handle
    package let patterns: [PathPattern]
    /// Paths that are no patterns, and cover nothing.
    package let unusable: [Text]
    /// The proposal that was ratified for it; nil for one of the genesis.
    package let origin: Bytes32?

    package func covers(_ path: ProjectPath) -> Bool { patterns.contains { $0.matches(path) } }
  }

  /// A ratified proposal that lets its proposer work in domains of others.
  package struct Leave: Sendable {
    package let proposal: Bytes32
    let domains: Set<Text>
    package let until: Timestamp
  }

  package enum Verdict: Sendable {
    /// In no domain.
    case free
    /// In a domain of who asks.
    case own(Area)
    /// In others' domains, of which one at least is open to who asks.
    case agreed(Area, Leave)
    /// In others' domains; never empty.
    case foreign([Area])

    package var isAllowed: Bool { if case .foreign = self { false } else { true } }
  }

  /// By name.
  package let areas: [Area]
  private let leaves: [Handle: [Leave]]

  /// An agreement that does not say how long it holds lasts this long.
  private static let defaultSeconds: Int64 = 7 * 86_400

  package init(_ state: WireState, under history: EffectHistory) {
    areas = history.current.domains.sorted { $0.key < $1.key }.map { name, domain in
      let patterns = domain.paths.map { PathPattern($0) }
      return Area(
        name: name, owner: domain.owner, patterns: patterns.compactMap { $0 },
        unusable: zip(domain.paths, patterns).compactMap { $1 == nil ? $0 : nil },
        origin: history.origin(ofDomain: name))
    }
    var leaves: [Handle: [Leave]] = [:]
    for (proposal, decision) in state.ratified(under: history) where !proposal.domains.isEmpty {
      let said = proposal.body?.members?["until"]?.text.flatMap(Timestamp.init)
      let until = said ?? decision.timestamp.adding(seconds: Self.defaultSeconds)
      leaves[proposal.proposer, default: []].append(
        Leave(proposal: proposal.eventID, domains: Set(proposal.domains), until: until))
    }
    self.leaves = leaves
  }

  /// Whether a member may change a path at this time: in several domains any of their owners may.
  package func verdict(
    on path: ProjectPath, for handle: Handle, at time: Timestamp
  ) -> Verdict {
    let covering = areas.filter { $0.covers(path) }
    guard !covering.isEmpty else { return .free }
    if let own = covering.first(where: { $0.owner == handle }) { return .own(own) }
    for leave in leaves[handle] ?? [] where leave.until > time {
      if let area = covering.first(where: { leave.domains.contains($0.name) }) {
        return .agreed(area, leave)
      }
    }
    return .foreign(covering)
  }

  /// The domains of others that a claim reaches into without an agreement.
  package func foreignAreas(
    in resource: ClaimResource, for handle: Handle, at time: Timestamp
  ) -> [Area] {
    guard case .paths(let patterns) = resource else { return [] }
    let open = (leaves[handle] ?? []).filter { $0.until > time }
      .reduce(into: Set<Text>()) { $0.formUnion($1.domains) }
    return areas.filter { area in
      area.owner != handle && !open.contains(area.name)
        && area.patterns.contains { pattern in patterns.contains { $0.overlaps(pattern) } }
    }
  }
}
