package import Protocol
import WireFormat

extension WireState {
  /// All that can be asked of a state, line by line, so that two states compare as texts.
  package var rendering: [String] {
    let history = history
    var lines: [String] = []
    for id in proposals.keys.sorted() {
      guard let proposal = proposals[id] else { continue }
      let owners = owners(of: proposal, under: history)
      let answers = ownAnswers(to: proposal, by: owners ?? [], under: history)
      let said = answers.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      lines.append(
        "proposal \(id) by \(proposal.proposer) seq \(proposal.seq)"
          + " \(status(of: proposal, under: history)) round \(round(of: proposal))"
          + " owners \(owners.map { "\($0)" } ?? "unknown") answers \(said)"
          + " closing \(closing(of: proposal).map { "\($0)" } ?? "none")")
    }
    lines += table("answers", answers) + table("decisions", decisions) + table("closings", closings)
    lines += incidentRendering(under: history)
    lines += decisionLines(under: history).map { String(decoding: $0.line, as: UTF8.self) }
    lines += introductions.sorted { $0.key < $1.key }.map { "introduced \($0.key) \($0.value)" }
    lines += departures.sorted { $0.key < $1.key }.map { "left \($0.key) \($0.value)" }
    for (word, cards) in [("first", firstCards), ("newest", newestCards)] {
      for (handle, record) in cards.sorted(by: { $0.key < $1.key }) {
        let card = String(decoding: CanonicalWriter.bytes(of: record.card), as: UTF8.self)
        let proof = record.inviteProof?.hex ?? "none"
        lines.append("\(word) card \(handle) \(record.seq) \(record.pk) proof \(proof) \(card)")
      }
    }
    return lines + claimLines(under: history) + history.rendering
  }

  private func claimLines(under history: EffectHistory) -> [String] {
    let standings = claimStandings(under: history)
    return standings.entries.map { entry in
      "claim \(entry.claim.eventID) of \(entry.claim.holder) on \(entry.claim.resource.words)"
        + " until \(entry.term.until.string) \(entry.status)"
    } + standings.takenOver.sorted { $0.key < $1.key }.map { "\($0.key) taken over by \($0.value)" }
  }

  private func incidentRendering(under history: EffectHistory) -> [String] {
    var lines = incidentStandings(under: history).map { standing in
      "incident \(standing.incident.eventID) \(standing.status) of \(standing.missing)"
        + " by \(standing.lifter.map { "\($0)" } ?? "nobody")"
    }
    lines += table("records", incidents.records) + table("wakeups", incidents.wakeups)
    lines += table("later acks", incidents.laterAcks)
    lines += incidents.recorded.sorted { $0.key < $1.key }.map { "record \($0.key) of \($0.value)" }
    for handle in history.current.members.sorted() {
      lines += standstills(of: handle, under: history).map { "\(handle) stands still: \($0)" }
    }
    lines.append("safe mode \(isSafeMode(under: history))")
    return lines
      + unanswered(under: history).map { "request \($0.request.eventID) of \($0.missing)" }
  }

  private func table<Key: Comparable, Fact, Facts: Sequence>(
    _ word: String, _ table: [Key: Facts]
  ) -> [String] where Facts.Element == (key: Handle, value: Fact) {
    table.sorted { $0.key < $1.key }.flatMap { key, facts in
      facts.sorted { $0.key < $1.key }.map { "\(word) \(key) \($0.key) \($0.value)" }
    }
  }
}

extension EffectHistory {
  fileprivate var rendering: [String] {
    let tables = current
    var lines = ["members \(tables.members.sorted())", "frontier \(frontier)"]
    lines += tables.domains.sorted { $0.key < $1.key }.map { "\($0.key.string): \($0.value)" }
    lines += tables.tiers.sorted { $0.key < $1.key }.map { "\($0.key.string): \($0.value)" }
    lines += cuts.sorted { $0.key < $1.key }.map { "cut \($0.key) \($0.value)" }
    return lines
  }
}
