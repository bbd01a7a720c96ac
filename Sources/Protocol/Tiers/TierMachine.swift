package import WireFormat

/// The names of the heartbeat tiers, fastest first; the raw value is the one on the wire.
package enum TierName: String, CaseIterable, Sendable {
  case headsDown = "T0_HEADS_DOWN"
  case active = "T1_active"
  case idle = "T2_idle"
  case longIdle = "T3_long_idle"

  package var text: Text { Text(rawValue) }

  /// The cadence where a wire's tables name none.
  package var defaultSeconds: Int {
    switch self {
    case .headsDown: 30
    case .active: 90
    case .idle: 270
    case .longIdle: 1200
    }
  }
}

/// How many idle cycles let an agent go one tier further down.
package struct IdleCycles: Equatable, Sendable {
  package static let range = 1...1000

  package let active: Int
  package let idle: Int

  /// Numbers beyond 1 to 1,000 are taken as the nearer of the two.
  package init(active: Int = 3, idle: Int = 9) {
    func clamped(_ count: Int) -> Int {
      min(max(count, Self.range.lowerBound), Self.range.upperBound)
    }
    (self.active, self.idle) = (clamped(active), clamped(idle))
  }

  /// Reads {T1_active, T2_idle}; what is absent or no whole number is the default.
  package init(_ value: JSONValue?) {
    let object = value?.members
    self.init(
      active: object?[TierName.active.text]?.int ?? 3, idle: object?[TierName.idle.text]?.int ?? 9)
  }

  package var value: JSONValue {
    .object([TierName.active.text: .integer(active), TierName.idle.text: .integer(idle)])
  }
}

/// Which heartbeat tier an agent is in: a value that takes events and no clock.
///
///     T0_HEADS_DOWN  while a conflict is open or a multi-edit cycle is declared
///     T1_active      the start; from T0 when neither holds any more; from T2 and T3 on traffic
///     T2_idle        after so many idle cycles in T1
///     T3_long_idle   after so many idle cycles in T2
///
/// Source: PROTOCOL.md, "Heartbeat tiers".
package struct TierMachine: Equatable, Sendable {
  package enum Event: Equatable, Sendable {
    /// One cadence has passed and no message came or went; with unread ones it is not idle.
    case cycle(isInboxEmpty: Bool)
    /// A message from or to a peer.
    case traffic
    /// A message of this agent that changes state: it ends a declared multi-edit cycle.
    case stateChange
    /// Whether a counter, a decline or an incident waits for somebody now.
    case conflict(isOpen: Bool)
    case multiEdit(isDeclared: Bool)
  }

  package private(set) var tier: TierName
  /// Idle cycles in this tier, one after the other.
  package private(set) var idleCount: Int
  package private(set) var isMultiEdit: Bool
  package private(set) var hasConflict: Bool
  private let limits: IdleCycles

  /// The start, or a machine as it was left; a negative count is none.
  package init(
    _ limits: IdleCycles = IdleCycles(), tier: TierName = .active, idleCount: Int = 0,
    isMultiEdit: Bool = false, hasConflict: Bool = false
  ) {
    (self.limits, self.tier, self.idleCount) = (limits, tier, max(0, idleCount))
    (self.isMultiEdit, self.hasConflict) = (isMultiEdit, hasConflict)
    settle()
  }

  package mutating func take(_ event: Event) {
    switch event {
    case .cycle(let isInboxEmpty): passCycle(isInboxEmpty: isInboxEmpty)
    case .traffic: enter(.active)
    case .stateChange:
      isMultiEdit = false
      enter(.active)
    case .conflict(let isOpen): hasConflict = isOpen
    case .multiEdit(let isDeclared): isMultiEdit = isDeclared
    }
    settle()
  }

  private mutating func passCycle(isInboxEmpty: Bool) {
    guard isInboxEmpty else {
      idleCount = 0
      return
    }
    switch tier {
    case .active:
      idleCount += 1
      if idleCount >= limits.active { enter(.idle) }
    case .idle:
      idleCount += 1
      if idleCount >= limits.idle { enter(.longIdle) }
    case .headsDown, .longIdle: break
    }
  }

  /// T0 exactly while something holds the agent there.
  private mutating func settle() {
    if hasConflict || isMultiEdit {
      enter(.headsDown)
    } else if tier == .headsDown {
      enter(.active)
    }
  }

  private mutating func enter(_ next: TierName) { (tier, idleCount) = (next, 0) }
}

extension Tables {
  /// The cadence of a tier in force; of a name that no table knows the slowest.
  package func cadenceSeconds(of name: Text) -> Int {
    if let tier = tiers[name] { return tier.cadenceSeconds }
    if let name = TierName(rawValue: name.string) {
      return Tier(cadenceSeconds: name.defaultSeconds).cadenceSeconds
    }
    return max(
      TierName.longIdle.defaultSeconds, tiers.values.map(\.cadenceSeconds).max() ?? 0)
  }

  /// One heartbeat: how long an addressee of an incident has to ack it.
  package var heartbeatSeconds: Int { cadenceSeconds(of: TierName.active.text) }
}
