import Protocol
import Wire
package import WireFormat

/// That one member waits for another's answer.
package struct Debt: Sendable {
  package enum Kind: String, Sendable {
    case proposal
    case incident
    case request
  }

  package let kind: Kind
  /// The message that is not answered.
  package let eventID: Bytes32
  package let debtor: Handle
  package let creditor: Handle
  package let timestamp: Timestamp
  package let subject: Text
}

extension Session {
  /// Who owes an answer to whom, oldest first by the creditors' clocks.
  ///
  /// Only where the creditor's key is verified, or it is this agent.
  package mutating func debts() throws(KitError) -> [Debt] {
    try debts(among: try proposals())
  }

  mutating func debts(among proposals: [ProposalStanding]) throws(KitError) -> [Debt] {
    let now = try wireState()
    let history = now.history
    var debts: [Debt] = []
    for standing in proposals
    where standing.status == .open && isShown(standing.proposal) {
      let proposal = standing.proposal
      debts += standing.missing.map {
        Debt(
          kind: .proposal, eventID: proposal.eventID, debtor: $0, creditor: proposal.proposer,
          timestamp: proposal.timestamp, subject: proposal.subject)
      }
    }
    for standing in try waitingIncidents() where isShown(standing.incident) {
      let incident = standing.incident
      debts += standing.missing.map {
        Debt(
          kind: .incident, eventID: incident.eventID, debtor: $0, creditor: incident.writer,
          timestamp: incident.timestamp, subject: incident.subject)
      }
    }
    for (request, missing) in now.unanswered(under: history)
    where isShown(request.writer, seq: request.seq) {
      debts += missing.map {
        Debt(
          kind: .request, eventID: request.eventID, debtor: $0, creditor: request.writer,
          timestamp: request.timestamp, subject: request.subject)
      }
    }
    return debts.sorted {
      ($0.timestamp, $0.eventID, $0.debtor) < ($1.timestamp, $1.eventID, $1.debtor)
    }
  }

  /// What waits for this agent's answer.
  package mutating func owed() throws(KitError) -> [Debt] {
    try debts().filter { $0.debtor == handle }
  }
}
