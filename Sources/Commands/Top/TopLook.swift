import DeadDropKit
import Host
import Wire
import WireFormat

/// What `top` saw when it looked at the wire last, and what it was told meanwhile.
struct TopLook {
  private(set) var status: Status
  private(set) var messages: [RecentMessages.Entry] = []
  /// When that was, by the clock that never jumps.
  private(set) var takenAt: Int64
  /// How old it must be before a change is looked at, in nanoseconds.
  private(set) var leastAge: Int64
  private var catchUp: CatchUp
  /// Lines at fault that any look met: each is new only once.
  private var bad: [Audit.BadLine] = []
  private var recent = RecentMessages(limit: messageLimit)
  /// What was said once: of what was done, and of lines at fault.
  private var told: [Line] = []
  private var trouble: [Line] = []

  private static let messageLimit = 200
  private static let toldLimit = 20

  /// The first look.
  init(_ session: inout Session, _ sessionName: String) throws(KitError) {
    takenAt = MonotonicClock.now()
    catchUp = try session.catchUp()
    status = try session.status(sessionName: sessionName)
    messages = try session.recent(&recent)
    leastAge = Self.leastAge(lookedFor: MonotonicClock.now() - takenAt)
    note(session)
  }

  /// However much is written, ten looks a second and a fifth of the time, unless one takes longer
  /// than anybody waits for the next.
  static func leastAge(lookedFor length: Int64) -> Int64 {
    min(max(100_000_000, 5 * length), length + 1_000_000_000)
  }

  /// Another look; a lock that another process holds leaves it at the last one.
  mutating func again(_ session: inout Session, _ sessionName: String) throws(KitError) {
    let aged = current
    takenAt = MonotonicClock.now()
    defer { leastAge = Self.leastAge(lookedFor: MonotonicClock.now() - takenAt) }
    do throws(KitError) {
      catchUp = try session.catchUp()
      status = try session.status(sessionName: sessionName)
      messages = try session.recent(&recent)
      note(session)
    } catch {
      guard CommandFailure(error).code == .locked else { throw error }
      status = aged
      trouble = [Line("looked at again later: \(error)", .caution)]
    }
  }

  /// What was met, the newest last; what does not stand as it should behind all else.
  var notes: [Line] { told + trouble }

  /// What a verb that reads says at its end: what is at fault, and not what is over.
  var atEnd: CatchUp {
    var catchUp = catchUp
    (catchUp.bad, catchUp.notes) = (bad, [])
    return catchUp
  }

  /// The status as it is now, if nobody has written since.
  var current: Status {
    status.aged(by: Int((MonotonicClock.now() - takenAt) / 1_000_000))
  }

  private mutating func note(_ session: borrowing Session) {
    bad += (catchUp.bad + status.again.bad).prefix(Self.toldLimit - min(Self.toldLimit, bad.count))
    var (passing, lasting) = (catchUp, catchUp)
    passing.broken = []
    (lasting.bad, lasting.notes) = ([], [])
    var again = status.again
    again.broken = []
    for line in Self.lines(passing.items + again.items) where !told.contains(line) {
      told.append(line)
    }
    told.removeFirst(max(0, told.count - Self.toldLimit))
    trouble =
      Self.lines(lasting.items)
      + (session.losses + status.testimonies.map { StatusView.words($0) })
      .map { Line($0, .caution) }
  }

  private static func lines(_ items: [ReportItem]) -> [Line] {
    items.compactMap { item in
      switch item {
      case .note(let text): Line(text)
      case .warning(let text): Line(text, .caution)
      case .answer, .data, .exact: nil
      }
    }
  }
}
