#if FAULTS
  /// What happens in one simulation, fixed before it begins, so that steps can be left out of it.
  package struct Plan: Sendable {
    package struct Step: Sendable, CustomStringConvertible {
      package let kind: StepKind
      /// The seed of all that the step chooses, whatever came before it.
      package let seed: UInt64
      package let number: Int

      package var description: String { "\(number) \(kind.rawValue)" }
    }

    package let seed: UInt64
    package let memberCount: Int
    package let hostCount: Int
    /// Whether the last member signs whatever it likes.
    package let hasHostileMember: Bool
    /// Whether the last host lies to the members on it.
    package let hasHostileHost: Bool
    package var steps: [Step]

    package init(seed: UInt64, stepCount: Int, memberCount: Int? = nil) {
      var random = SimulationRandom(seed: seed)
      self.seed = seed
      // In one of four a hostile member is there for sure and lays one trap after another.
      let isAmbush = random.once(in: 4)
      self.memberCount = memberCount ?? (isAmbush ? 3 + random.below(2) : 2 + random.below(3))
      hostCount = 1 + random.below(min(3, self.memberCount))
      hasHostileMember = self.memberCount > 2 && (isAmbush || random.once(in: 3))
      hasHostileHost = random.once(in: 3)
      // Each simulation has its own mix: one kind much more often, some never.
      let favourite = random.pick(StepKind.allCases)
      let weights = StepKind.allCases.map { kind in
        let weight = random.once(in: 5) ? 0 : kind.weight * (1 + random.below(3))
        if isAmbush && [.trap, .meddle].contains(kind) { return (kind, 30) }
        return (kind, kind == favourite ? weight + 20 : weight)
      }
      let total = max(1, weights.reduce(0) { $0 + $1.1 })
      steps = (0..<stepCount).map { number in
        var left = random.below(total)
        let kind =
          weights.first {
            left -= $0.1
            return left < 0
          }?.0 ?? .send
        return Step(kind: kind, seed: random.next(), number: number)
      }
    }
  }

  /// What can happen in a simulation; the raw value stands in traces.
  package enum StepKind: String, CaseIterable, Sendable {
    // What members do.
    case send, propose, answer, counter, withdraw, settle, inbox, heartbeat, verify
    case proposeEffects = "propose with effects"
    case incident
    case ackAll = "ack what is owed"
    case resume, shutdown
    case claim, release, archive, leave, remove, rotate
    case expel = "removal of who does not hear of it"
    case together = "two processes of one agent"
    case decideTogether = "two processes find the same due"
    case contend = "two agents want one thing"
    // What befalls them.
    case time
    case jump = "clock jump"
    case powerCut = "power cut"
    case loss = "lost private state"
    // How hosts come to know of each other.
    case sync
    case jumble = "sync out of order"
    case copyArchive = "copy of the archive"
    // What the wicked do; a step of those who are not there does nothing.
    case nonsense
    case crooked = "crooked decision"
    case trap = "crooked decision of what all acked"
    case meddle = "answers and ends for others"
    case hostileFork = "fork by its writer"
    case attack, heal

    fileprivate var weight: Int {
      switch self {
      case .send, .propose, .settle, .inbox, .sync: 10
      case .answer: 20
      case .claim, .heartbeat: 6
      case .counter, .withdraw, .time, .jumble, .together, .contend, .ackAll, .release: 4
      case .nonsense, .crooked, .meddle: 6
      case .trap, .verify, .proposeEffects, .powerCut, .attack, .incident, .archive, .copyArchive,
        .decideTogether:
        3
      case .jump, .loss, .hostileFork, .heal, .resume, .shutdown, .leave, .remove, .rotate, .expel:
        1
      }
    }
  }
#endif
