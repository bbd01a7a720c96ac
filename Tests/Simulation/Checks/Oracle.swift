#if FAULTS
  import DeadDropKit
  import Protocol
  import Wire
  import WireFormat

  /// The rules of PROTOCOL.md, section 15, once more: slowly, and from the lines alone.
  struct Oracle {
    private var chains: [Handle: [Message]] = [:]
    private let genesis: Genesis

    init(_ genesis: Genesis, _ logs: [Handle: [[UInt8]]]) {
      self.genesis = genesis
      for (handle, lines) in logs {
        let chain = lines.compactMap { line -> Message? in
          guard let envelope = try? Envelope.read(line.span) else { return nil }
          return try? Message(line.span, envelope)
        }
        // Behind its own leave nothing that a member writes counts.
        let end = chain.firstIndex { $0.type.known == .leave } ?? chain.endIndex
        chains[handle] = Array(chain[..<end])
      }
    }

    /// Why a proposal cannot be ratified; nil where it can be.
    ///
    /// Only for one whose owners are those of the genesis.
    func flaw(in id: Bytes32) -> String? {
      guard let (proposer, proposal) = find(id) else { return "no such proposal" }
      let chain = chains[proposer] ?? []
      guard
        let decision = chain.firstIndex(where: { $0.type.known == .decision && $0.re == id })
      else { return "no decision by its proposer" }
      if chain[..<decision].contains(where: { Self.closes($0, id) }) {
        return "taken back before it was decided"
      }
      let cited = chain[decision].body?.members?["acks"]?.texts?.map(\.string) ?? []
      for owner in owners(of: proposal, by: proposer) {
        guard let answer = firstAnswer(to: id, by: owner) else { return "\(owner) never answered" }
        guard answer.type.known == .ack else { return "\(owner) answered otherwise first" }
        guard cited.contains(answer.eventID.hex) else { return "the ack of \(owner) is not cited" }
      }
      return nil
    }

    /// Whether its proposer took a proposal back.
    func isClosed(_ id: Bytes32) -> Bool {
      guard let (proposer, _) = find(id) else { return false }
      return chains[proposer]?.contains { Self.closes($0, id) } ?? false
    }

    private static func closes(_ message: Message, _ id: Bytes32) -> Bool {
      guard message.re == id, let body = message.body?.members else { return false }
      switch message.type.known {
      case .incident: return body["code"]?.text == "silence"
      case .correction: return body["withdraw"]?.flag == true
      default: return false
      }
    }

    func find(_ id: Bytes32) -> (Handle, Message)? {
      for (handle, chain) in chains {
        if let message = chain.first(where: { $0.eventID == id }) { return (handle, message) }
      }
      return nil
    }

    /// Those of its domains, else everybody; with effects everybody.
    private func owners(of proposal: Message, by proposer: Handle) -> Set<Handle> {
      let others = Set(genesis.members.map(\.handle)).subtracting([proposer])
      let body = proposal.body?.members
      if let effects = body?["effects"] { return others.subtracting(removed(by: effects)) }
      let named = Set(
        (body?["domains"]?.texts ?? []).compactMap { genesis.domains[$0]?.owner }
      ).intersection(others)
      return named.isEmpty ? others : named
    }

    /// Who is taken out has no say in it.
    private func removed(by effects: JSONValue) -> [Handle] {
      let entries = effects.members?["members"]?.members?["remove"]?.elements ?? []
      return entries.compactMap { $0.members?["handle"]?.text.flatMap { Handle($0) } }
    }

    /// A proposal that its proposer has decided more than once.
    func decidedTwice(by proposer: Handle) -> Bytes32? {
      var decided: Set<Bytes32> = []
      for message in chains[proposer] ?? [] where message.type.known == .decision {
        if let id = message.re, !decided.insert(id).inserted { return id }
      }
      return nil
    }

    private func firstAnswer(to id: Bytes32, by owner: Handle) -> Message? {
      chains[owner]?.first { message in
        guard message.re == id else { return false }
        switch message.type.known {
        case .ack, .decline: return true
        case .proposal: return message.ackRequired
        default: return false
        }
      }
    }
  }

  extension World {
    /// Nothing rests on what a removed member wrote behind the cut.
    func checkCuts() throws {
      for member in honest {
        var broken: String?
        command(member) { session, _ in
          let state = try session.wireState()
          let history = state.history
          for (proposal, decision) in state.ratified(under: history)
          where proposal.effects == nil {
            let cited = Set(decision.acks ?? [])
            let answers = state.answers[proposal.eventID] ?? [:]
            let places =
              [(proposal.proposer, decision.seq)]
              + answers.filter { cited.contains($0.value.eventID) }.map { ($0.key, $0.value.seq) }
            for (writer, seq) in places where seq > history.cuts[writer]?.seq ?? .max {
              broken = "\(proposal.eventID.hex.prefix(8)) rests on line \(seq) of \(writer)"
            }
          }
        }
        if let broken {
          throw Violation(
            promise: "a removed member has no say behind the cut",
            words: "\(broken), says \(member.handle)")
        }
      }
    }

    /// No decision without proof, none across a domain without its owner's answer.
    func checkProofs() throws {
      guard let genesis else { return }
      var logs: [Handle: [[UInt8]]] = [:]
      for member in members {
        logs[member.handle] = lines(
          member.isHonest ? ledger.logs[member.handle] ?? [] : trueLog(of: member))
      }
      let oracle = Oracle(genesis, logs)
      for member in honest {
        guard let id = oracle.decidedTwice(by: member.handle) else { continue }
        throw Violation(
          promise: "nothing is decided twice",
          words: "\(member.handle) has decided \(id.hex.prefix(8)) again")
      }
      for (id, end) in ledger.ends.sorted(by: { $0.key < $1.key }) {
        guard let (proposer, proposal) = oracle.find(id) else {
          throw Violation(promise: "nothing acknowledged is lost", words: "proposal \(id) is gone")
        }
        if forkers.contains(proposer) { continue }
        // Under tables that a decision changed the owners are others.
        guard proposal.after ?? [] == [] else { continue }
        if end.status != .ratified {
          guard !oracle.isClosed(id) else { continue }
          throw Violation(
            promise: "no decision without proof", words: "\(id.hex.prefix(8)) is not taken back")
        }
        if let flaw = oracle.flaw(in: id) {
          throw Violation(
            promise: "no decision without proof",
            words: "\(id.hex.prefix(8)) is ratified for \(end.by), and \(flaw)")
        }
      }
    }
  }
#endif
