/// The message types that the wire defines, each a word with one number.
///
/// Source: PROTOCOL.md, "Types and kinds".
package enum MessageType: Int, CaseIterable, Sendable {
  case decision = 1
  case heartbeat = 100
  case claim = 1100
  case release = 1101
  case ship = 1200
  case warning = 1201
  case request = 1202
  case feedback = 1300
  case incident = 1400
  case ack = 1500
  case decline = 1501
  case proposal = 1600
  case correction = 1700
  case shutdown = 1800
  case wakeup = 1801
  case leave = 1802
  case sasStart = 1820
  case sasNonce = 1821
  case sasOpen = 1822
  case keyAdd = 1840
  case introduce = 1841
  case taskDropped = 1900
  case taskClaimed = 1901
  case taskRenewed = 1902
  case taskDone = 1903
  case taskFailed = 1904
  case taskAsked = 1905
  case taskAnswered = 1906
  case taskBlocked = 1907
  case taskUnblocked = 1908
  case taskReaped = 1909
  case dropoffCreated = 1920
  case dropoffDeposited = 1921
  case dropoffCollected = 1922
  case dropoffExpired = 1923
  case dropoffFailed = 1924
  case agentCard = 10000

  package var kind: Int { rawValue }

  package var word: String {
    switch self {
    case .decision: "decision"
    case .heartbeat: "heartbeat"
    case .claim: "claim"
    case .release: "release"
    case .ship: "ship"
    case .warning: "warning"
    case .request: "request"
    case .feedback: "feedback"
    case .incident: "incident"
    case .ack: "ack"
    case .decline: "decline"
    case .proposal: "proposal"
    case .correction: "correction"
    case .shutdown: "shutdown"
    case .wakeup: "wakeup"
    case .leave: "leave"
    case .sasStart: "sas.start"
    case .sasNonce: "sas.nonce"
    case .sasOpen: "sas.open"
    case .keyAdd: "key_add"
    case .introduce: "introduce"
    case .taskDropped: "task.dropped"
    case .taskClaimed: "task.claimed"
    case .taskRenewed: "task.renewed"
    case .taskDone: "task.done"
    case .taskFailed: "task.failed"
    case .taskAsked: "task.asked"
    case .taskAnswered: "task.answered"
    case .taskBlocked: "task.blocked"
    case .taskUnblocked: "task.unblocked"
    case .taskReaped: "task.reaped"
    case .dropoffCreated: "dropoff.created"
    case .dropoffDeposited: "dropoff.deposited"
    case .dropoffCollected: "dropoff.collected"
    case .dropoffExpired: "dropoff.expired"
    case .dropoffFailed: "dropoff.failed"
    case .agentCard: "agent_card"
    }
  }

  private static let byWord = Dictionary(
    uniqueKeysWithValues: allCases.map { (Text($0.word), $0) })

  package init?(word: Text) {
    guard let type = Self.byWord[word] else { return nil }
    self = type
  }
}

/// What a line says it is: a defined type, or a word that this version does not know.
package enum LineType: Hashable, Sendable {
  case known(MessageType)
  case unknown(Text)

  /// Nil when word and number contradict the table; both unknown is no contradiction.
  package init?(word: Text, kind: Int) {
    switch (MessageType(word: word), MessageType(rawValue: kind)) {
    case (let type?, let same?) where type == same: self = .known(type)
    case (nil, nil): self = .unknown(word)
    default: return nil
    }
  }

  package var known: MessageType? { if case .known(let type) = self { type } else { nil } }

  package var word: String {
    switch self {
    case .known(let type): type.word
    case .unknown(let text): text.string
    }
  }
}
