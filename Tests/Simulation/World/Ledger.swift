#if FAULTS
  import Protocol
  import WireFormat

  /// What the simulation knows to be true, however the agents come to see it.
  struct Ledger {
    struct Claim {
      let id: Bytes32
      let holder: Handle
      let host: Int
      let resource: ClaimResource
      /// In true time.
      let until: Int64
    }

    /// Stored lines whose writer was told so, in order.
    var acknowledged: [Handle: [Bytes32]] = [:]
    /// What each member's inbox gave it.
    var given: [Handle: Set<Bytes32>] = [:]
    /// Proposals that some honest member once saw in this state for good.
    var ends: [Bytes32: (status: ProposalStatus, by: Handle)] = [:]
    /// The bytes of each honest log that its writer was told are stored.
    var safeCount: [Handle: Int] = [:]
    /// Each honest log as it last was, its archived parts included, as far as its last LF.
    var logs: [Handle: [UInt8]] = [:]
    /// The highest head that each member ever had of each chain, and that it had on its disk.
    var heads: [Handle: [Handle: Int]] = [:]
    var savedHeads: [Handle: [Handle: Int]] = [:]
    /// When each proposal was stored, in true time.
    var storedAt: [Bytes32: Int64] = [:]
    /// Claims of which their holder was told that it holds them.
    var claims: [Claim] = []
    /// The first thing that was found wrong in the middle of a step.
    var finding: Violation?
    /// How often each thing was reached, for the summary.
    var counts: [String: Int] = [:]

    mutating func count(_ what: String) { counts[what, default: 0] += 1 }
  }

  /// Something that must never be so was found.
  package struct Violation: Error, CustomStringConvertible {
    /// One of the promises of PROTOCOL.md.
    package let promise: String
    package let words: String

    package var description: String { "\(promise): \(words)" }
  }
#endif
