import Host
import Wire
import WireFormat

/// What an agent remembers from one settling to the next: since when its proposals wait, and what
/// it has told of.
///
/// `settling.json` in its private state. Where that is gone or damaged, as after a power cut, the
/// time of open proposals starts anew: silence is then found later, never earlier.
struct SettlingMemory: Equatable {
  /// The start of the machine that the times are of.
  private var boot = ""
  /// When each open proposal of this agent was stored, in milliseconds since that start.
  private var since: [Bytes32: Int] = [:]
  /// The earliest deadline of these.
  private var next: Int?
  /// How far the chains were read when late acks were last looked for; nil before any revert.
  var heads: [Handle: Int]?
  /// The proposals that the operator was told of.
  var escalated: Set<Bytes32> = []

  private static let name = "settling.json"

  /// Whether any proposal waits for a deadline.
  var isWaiting: Bool { !since.isEmpty }

  /// Whether a deadline has passed, or is not known.
  func isDue(at moment: BootMoment) -> Bool {
    guard let next, moment.boot == boot else { return true }
    return next <= moment.milliseconds || since.values.contains { $0 > moment.milliseconds }
  }

  /// Milliseconds until the earliest deadline; nil where it is not known.
  func millisecondsLeft(at moment: BootMoment) -> Int? {
    guard let next, moment.boot == boot else { return nil }
    return max(0, next - moment.milliseconds)
  }

  /// The milliseconds since a proposal was stored; nil where that is not known.
  func age(of proposal: Bytes32, at moment: BootMoment) -> Int? {
    guard moment.boot == boot, let start = since[proposal], start <= moment.milliseconds else {
      return nil
    }
    return moment.milliseconds - start
  }

  /// Takes up a proposal that was just stored.
  mutating func note(_ proposal: Bytes32, at moment: BootMoment) {
    if moment.boot != boot { (boot, since) = (moment.boot, [:]) }
    since[proposal] = moment.milliseconds
    next = nil
  }

  /// Keeps to the proposals that are open: for those whose time is not known it starts now.
  mutating func follow(_ open: [Bytes32], patience: Int, at moment: BootMoment) {
    var starts: [Bytes32: Int] = [:]
    for id in open {
      starts[id] = moment.milliseconds - (age(of: id, at: moment) ?? 0)
    }
    (boot, since) = (open.isEmpty ? "" : moment.boot, starts)
    next = starts.values.min().map { $0 + patience }
  }
}

extension SettlingMemory {
  static func load(_ state: borrowing PrivateState) throws(KitError) -> SettlingMemory {
    let object: JSONObject?
    do { object = try state.readObject(name) } catch {
      guard case .privateState = error else { throw .wire(error) }
      return SettlingMemory()
    }
    return object.flatMap { SettlingMemory($0) } ?? SettlingMemory()
  }

  private init?(_ object: JSONObject) {
    guard let boot = object["boot"]?.text, let times = object["since"]?.members,
      let told = object["escalated"]?.texts
    else { return nil }
    self.boot = boot.string
    for member in times.members {
      guard let id = Bytes32(hex: member.key), let time = member.value.int else { return nil }
      since[id] = time
    }
    next = object["next"]?.int
    escalated = Set(told.compactMap { Bytes32(hex: $0) })
    guard let chains = object["heads"]?.members else { return }
    var heads: [Handle: Int] = [:]
    for member in chains.members {
      if let handle = Handle(member.key), let seq = member.value.int { heads[handle] = seq }
    }
    self.heads = heads
  }

  func save(_ state: borrowing PrivateState) throws(KitError) {
    var times = JSONObject()
    for (id, time) in since { times[Text(id.hex)] = .integer(time) }
    var chains = JSONObject()
    for (handle, seq) in heads ?? [:] { chains[Text(handle.name)] = .integer(seq) }
    let object: JSONObject = [
      "boot": .string(boot), "since": .object(times), "next": next.map { .integer($0) },
      "heads": heads == nil ? nil : .object(chains),
      "escalated": .strings(escalated.sorted().map(\.hex)),
    ]
    try KitError.liftingWire { () throws(WireError) in
      try state.write(object, to: Self.name, durable: false)
    }
  }
}
