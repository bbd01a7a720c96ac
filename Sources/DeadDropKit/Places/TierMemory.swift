import Host
import Protocol
import Wire
import WireFormat

/// Where an agent's tier machine stands between two beats.
///
/// `tier.json` in its private state; where that is gone or damaged the machine starts anew.
struct TierMemory: Equatable {
  var tier = TierName.active
  var idleCount = 0
  var isMultiEdit = false
  var hasConflict = false
  var wakeupCount = 0
  /// How many proposals of or to this agent were declined when it last beat.
  var declineCount = 0
  /// How far each chain was read then, the own one too.
  var heads: [Handle: Int] = [:]
  /// When the cycle that runs began: the name of the machine's start, and milliseconds since it.
  var boot = ""
  var cycleStart = 0
  /// When it last beat, on the same clock; nil where no beat of this start is remembered.
  var beatAt: Int?
  /// What the agent last said of itself, which a beat that says nothing says again.
  var activity = Heartbeat.Activity.idle
  var lastAction = ""
  var nextETA = ""

  private static let name = "tier.json"

  init() {}

  mutating func keep(_ machine: TierMachine) {
    (tier, idleCount) = (machine.tier, machine.idleCount)
    (isMultiEdit, hasConflict) = (machine.isMultiEdit, machine.hasConflict)
  }

  /// How long ago the last beat was; nil where that is not known.
  func sinceBeat(at moment: BootMoment) -> Int? {
    guard let beatAt, boot == moment.boot, beatAt <= moment.milliseconds else { return nil }
    return moment.milliseconds - beatAt
  }

  func machine(_ limits: IdleCycles) -> TierMachine {
    TierMachine(
      limits, tier: tier, idleCount: idleCount, isMultiEdit: isMultiEdit, hasConflict: hasConflict)
  }

  static func load(_ state: borrowing PrivateState) throws(KitError) -> TierMemory {
    let object: JSONObject?
    do { object = try state.readObject(name) } catch {
      guard case .privateState = error else { throw .wire(error) }
      return TierMemory()
    }
    return object.flatMap { TierMemory($0) } ?? TierMemory()
  }

  private init?(_ object: JSONObject) {
    guard let tier = object["tier"]?.text.flatMap({ TierName(rawValue: $0.string) }),
      let idle = object["idle"]?.int, let wakeups = object["wakeups"]?.int,
      let declines = object["declines"]?.int, let chains = object["heads"]?.members,
      let boot = object["boot"]?.text, let start = object["cycle"]?.int
    else { return nil }
    (self.tier, idleCount, wakeupCount, declineCount) = (tier, idle, wakeups, declines)
    (self.boot, cycleStart) = (boot.string, start)
    beatAt = object["beat"]?.int
    activity = object["state"]?.text.flatMap { .init(rawValue: $0.string) } ?? .idle
    lastAction = object["last_action"]?.text?.string ?? ""
    nextETA = object["next_eta"]?.text?.string ?? ""
    isMultiEdit = object["multi_edit"]?.flag ?? false
    hasConflict = object["conflict"]?.flag ?? false
    for member in chains.members {
      if let handle = Handle(member.key), let seq = member.value.int { heads[handle] = seq }
    }
  }

  func save(_ state: borrowing PrivateState) throws(KitError) {
    var chains = JSONObject()
    for (handle, seq) in heads { chains[Text(handle.name)] = .integer(seq) }
    let object: JSONObject = [
      "tier": .string(tier.rawValue), "idle": .integer(idleCount),
      "multi_edit": .bool(isMultiEdit), "conflict": .bool(hasConflict),
      "wakeups": .integer(wakeupCount), "declines": .integer(declineCount),
      "heads": .object(chains), "boot": .string(boot), "cycle": .integer(cycleStart),
      "beat": beatAt.map { .integer($0) }, "state": .string(activity.rawValue),
      "last_action": .string(lastAction), "next_eta": .string(nextETA),
    ]
    try KitError.liftingWire { () throws(WireError) in
      try state.write(object, to: Self.name, durable: false)
    }
  }
}
