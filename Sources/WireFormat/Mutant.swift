/// A fault that is built into the program on purpose, to see that the checks find it.
///
/// `MUTANTS` in the environment of the build compiles them in, all into one binary, where one at a
/// time is chosen. In any other build the question is answered with no, and costs nothing.
package enum Mutant: Sendable {
  // Agreement.
  case dropRevertCheck
  case answerByThread
  case lastAnswer
  case lastDecision
  case majority
  case anyoneAnswers
  case uncitedAcks
  case anyoneDecides
  case anyoneReverts
  case domainsIgnored
  case effectsByOwners
  case cutsIgnored
  case anyoneIntroduces
  case clockInState
  case trustInState
  // Incidents, claims, membership.
  case recordsIgnored
  case workOn
  case missesUnrecorded
  case claimsBothHold
  case claimUnlooked
  case leaveIgnored
  // Settling.
  case impatience
  // Chains.
  case acceptGap
  case acceptUnlinked
  case acceptAlteredContent
  case acceptUnsigned
  case acceptForeignWire
  case forkUnseen
  case forgetHeads
  // Reading.
  case skipUngiven
  case gapsShown
  case headsUnsynced
  case foldStale
  case factsAfterHeads
  case readUnlocked
  // Writing.
  case skipSync
  case skipDirectorySync
  case signUnlocked
  case signAnyway
  case keepTornTail
  case forgetAdopting

  #if MUTANTS
    /// Set once, before anything else runs.
    nonisolated(unsafe) package static var active: Mutant?
    /// What no reducer may know: the time, and whom its reader believes.
    nonisolated(unsafe) package static var forbidden: (now: Timestamp, trusted: Set<Handle>)?

    package static func on(_ mutant: Mutant) -> Bool { unsafe active == mutant }

    package static func time(_ said: Timestamp) -> Timestamp {
      unsafe on(.clockInState) ? forbidden?.now ?? said : said
    }

    package static func trusts(_ handle: Handle) -> Bool {
      unsafe !on(.trustInState) || forbidden?.trusted.contains(handle) ?? true
    }
  #else
    /// Whether this fault is the one to make.
    @inlinable package static func on(_ mutant: Mutant) -> Bool { false }
    /// The time that a reducer may know: the one that a message says.
    @inlinable package static func time(_ said: Timestamp) -> Timestamp { said }
    /// A reducer believes everybody whose line stands.
    @inlinable package static func trusts(_ handle: Handle) -> Bool { true }
  #endif
}

#if MUTANTS
  extension Mutant: CaseIterable {
    /// What it is chosen by and told as.
    package var name: String {
      switch self {
      case .dropRevertCheck: "drop the revert check"
      case .answerByThread: "answer by thread instead of re"
      case .lastAnswer: "last answer instead of first"
      case .lastDecision: "last decision instead of first"
      case .majority: "a majority is enough"
      case .anyoneAnswers: "who is no owner answers too"
      case .uncitedAcks: "acks need not be cited"
      case .anyoneDecides: "who is not the proposer decides"
      case .anyoneReverts: "who is not the proposer reverts"
      case .domainsIgnored: "domains do not matter"
      case .effectsByOwners: "owners of domains answer for effects"
      case .cutsIgnored: "a removed member's lines count"
      case .anyoneIntroduces: "who is not the founder introduces"
      case .clockInState: "a clock in a reducer"
      case .trustInState: "trust in a reducer"
      case .recordsIgnored: "no safe mode after a missed ack"
      case .workOn: "begin new work in safe mode"
      case .missesUnrecorded: "record no missed ack"
      case .claimsBothHold: "of two claims both hold"
      case .claimUnlooked: "take a claim without a second look"
      case .leaveIgnored: "lines behind a leave count"
      case .impatience: "revert without waiting"
      case .acceptGap: "accept a seq gap"
      case .acceptUnlinked: "accept a line that names another before it"
      case .acceptAlteredContent: "accept content that has another id"
      case .acceptUnsigned: "accept a line without looking at its signature"
      case .acceptForeignWire: "accept a line of another wire"
      case .forkUnseen: "the first of two histories wins"
      case .forgetHeads: "believe the log over the own memory"
      case .skipUngiven: "move the cursor past what was not given"
      case .gapsShown: "what was shown behind a gap hides what fills it"
      case .headsUnsynced: "save heads before the log is on disk"
      case .foldStale: "take an old state for that of facts which another process added"
      case .factsAfterHeads: "save heads before their facts"
      case .readUnlocked: "read without the lock"
      case .skipSync: "skip fsync"
      case .skipDirectorySync: "skip the fsync of the directory"
      case .signUnlocked: "write without the lock"
      case .signAnyway: "sign on where the log is not as it was left"
      case .keepTornTail: "leave an unfinished line"
      case .forgetAdopting: "forget the lines of an interrupted append"
      }
    }
  }
#endif
