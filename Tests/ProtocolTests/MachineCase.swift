import Protocol
import TestSupport
import WireFormat

/// One row of a table of proposals: what is written, and where the proposal then stands.
struct MachineCase: Sendable, CustomStringConvertible {
  let description: String
  var members: [Handle] = ["ada", "bob"]
  var domains: [Text: Handle] = [:]
  var hasOperator = false
  let expected: ProposalStatus
  /// Writes the lines and gives the proposal in question.
  let write: @Sendable (inout TestWire) throws -> Bytes32

  func status() throws -> ProposalStatus? {
    var wire = try TestWire(members, domains: domains, hasOperator: hasOperator)
    try wire.join()
    let proposal = try write(&wire)
    return wire.state.status(of: proposal)
  }
}

extension WireState {
  /// Where a proposal stands; nil when no such line was folded.
  func status(of id: Bytes32) -> ProposalStatus? {
    proposals[id].map { status(of: $0, under: history) }
  }

  func owners(of id: Bytes32) -> [Handle]? {
    proposals[id].flatMap { owners(of: $0, under: history) }
  }

  /// The ids of all ratified proposals.
  var ratifiedIDs: Set<Bytes32> { Set(ratified(under: history).map(\.proposal.eventID)) }
}
