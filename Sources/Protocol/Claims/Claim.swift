package import WireFormat

/// A lease as its holder took it, with the lines that renewed it.
package struct Claim: Sendable {
  /// One line that says how long the lease runs: the claim itself, or a renewal.
  package struct Term: Equatable, Sendable {
    package let eventID: Bytes32
    package let seq: Int
    package let timestamp: Timestamp
    package let seconds: Int

    /// The end, by the clock of whoever wrote the line.
    package var until: Timestamp { timestamp.adding(seconds: Int64(seconds)) }
    /// From here on another may take it over.
    package var deadline: Timestamp { until.adding(seconds: Claim.graceSeconds) }

    /// None where it is over, whatever the clock of its writer said.
    package func millisecondsLeft(at time: Timestamp) -> Int {
      let left = until.microseconds.subtractingReportingOverflow(time.microseconds)
      return left.overflow ? 0 : Int(max(0, left.partialValue / 1_000))
    }

    package func secondsLeft(at time: Timestamp) -> Int { millisecondsLeft(at: time) / 1_000 }
  }

  /// How long another waits behind the end of a lease, since clocks differ.
  package static let graceSeconds: Int64 = 300
  package static let secondsRange = 1...86_400
  /// Leases that one writer may have at once; further ones are refused until it releases some.
  package static let openLimit = 64
  /// Handles that one writer may name in its claims' `heads`.
  static let headLimit = 64

  package let eventID: Bytes32
  package let holder: Handle
  package let seq: Int
  /// The key that signed it.
  package let pk: Bytes32
  package let resource: ClaimResource
  package let reason: Text?
  /// What its writer had read, by this claim or by one before it in its chain.
  let heads: [Handle: Int]
  /// The claim of another that it takes over.
  package let re: Bytes32?
  /// Ascending by seq; the first is the claim itself.
  package internal(set) var terms: [Term]
  package internal(set) var releasedAt: Int?

  /// Whether its writer knew of a line of another chain.
  func saw(_ handle: Handle, _ seq: Int) -> Bool { heads[handle] ?? 0 >= seq }
}

extension Claim {
  /// What a claim line says, before its place among others is looked at.
  struct Reading {
    let resource: ClaimResource
    let seconds: Int
    let reason: Text?
    let heads: [Handle: Int]

    /// Refuses a body of another shape, by what is wrong with it.
    static func read(_ message: Message) -> (Reading?, RefusedReason?) {
      let body = message.body?.members
      guard let resource = body?["resource"].flatMap({ ClaimResource($0) }) else {
        return (nil, .claimResourceMalformed)
      }
      guard let seconds = body?["ttl_seconds"]?.int, Claim.secondsRange.contains(seconds) else {
        return (nil, .claimSecondsOutOfRange)
      }
      guard let heads = body?["heads"].flatMap(heads) else { return (nil, .claimHeadsMalformed) }
      let reading = Reading(
        resource: resource, seconds: seconds, reason: body?["reason"]?.text, heads: heads)
      return (reading, nil)
    }

    private static func heads(_ value: JSONValue) -> [Handle: Int]? {
      guard let members = value.members?.members, members.count <= Claim.headLimit else {
        return nil
      }
      var heads: [Handle: Int] = [:]
      for member in members {
        guard let handle = Handle(member.key), let seq = member.value.int, seq >= 0 else {
          return nil
        }
        heads[handle] = seq
      }
      return heads
    }
  }
}
