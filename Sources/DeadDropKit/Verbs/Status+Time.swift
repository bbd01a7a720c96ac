import Protocol

/// What passing time alone changes in a status, without another look at the wire.
extension Status {
  /// The same so many milliseconds later, as long as nobody writes anything.
  package func aged(by milliseconds: Int) -> Status {
    guard milliseconds > 0 else { return self }
    var status = self
    for index in members.indices { status.members[index].age(by: milliseconds) }
    for index in open.indices { status.open[index].age(by: milliseconds) }
    for index in incidents.indices { status.incidents[index].age(by: milliseconds) }
    for index in claims.indices { status.claims[index].age(by: milliseconds) }
    return status
  }

  private var timesLeft: [Int] {
    open.compactMap(\.secondsLeft) + incidents.compactMap(\.secondsLeft)
      + claims.compactMap(\.secondsLeft)
  }

  /// Whether something counts down.
  package var isCounting: Bool { timesLeft.contains { $0 > 0 } }

  /// The seconds until another look is due: a time runs out, or a peer becomes late or gone.
  package var secondsToLook: Int? {
    (timesLeft.filter { $0 > 0 } + members.compactMap(\.secondsToChange)).min()
  }

  /// The seconds until a silence has another word, in whole minutes or hours.
  package var secondsToTick: Int? {
    members.compactMap(\.silentSeconds).map { $0 < 3_600 ? 60 - $0 % 60 : 3_600 - $0 % 3_600 }.min()
  }
}

extension Status.Timed {
  fileprivate mutating func age(by milliseconds: Int) {
    millisecondsLeft = millisecondsLeft.map { max(0, $0 - milliseconds) }
  }
}

extension Status.Member {
  fileprivate mutating func age(by milliseconds: Int) {
    guard let silence = silentMilliseconds.map({ $0 + milliseconds }) else { return }
    silentMilliseconds = silence
    if liveness != .unknown {
      liveness = Liveness(silentMilliseconds: silence, cadenceSeconds: cadenceSeconds)
    }
  }

  /// Seconds until it is late, or gone.
  fileprivate var secondsToChange: Int? {
    guard let silence = silentSeconds, let liveness, liveness == .alive || liveness == .late else {
      return nil
    }
    let end = liveness == .alive ? 3 * cadenceSeconds / 2 : 3 * cadenceSeconds
    return max(1, end + 1 - silence)
  }
}
