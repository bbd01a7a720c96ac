import Host
import Identity
package import Wire
import WireFormat

extension Session {
  /// Which of the own log's files may be archived.
  package enum ArchiveChoice: Equatable, Sendable {
    /// Whose newest line is of a year that is over.
    case closed
    /// Whose newest line is of this year, which must be over.
    case year(Int)
    /// Whatever its lines are.
    case now
  }

  /// Moves the own log's file into the archive, and begins the next one.
  ///
  /// Throws `yearIsOpen` for a year that is not over by this agent's clock.
  package mutating func archive(_ choice: ArchiveChoice) throws(KitError) -> OpenLog.Archiving {
    let rule: ArchiveRule
    switch choice {
    case .closed: rule = .closed(at: now())
    case .year(let year):
      guard year < now().year else { throw .yearIsOpen(year) }
      rule = .year(year)
    case .now: rule = .now
    }
    let writer = try ownWriter()
    let pk = try signingKey().publicKey.bytes
    return try KitError.liftingWire { () throws(WireError) in
      try writer.archive(rule, by: pk, shared, state, isSound: isOwnChainSound)
    }
  }
}
