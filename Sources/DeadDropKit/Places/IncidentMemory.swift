import Host
import Protocol
import Wire
import WireFormat

/// What an agent remembers of those who have not acked an incident: since when their time runs.
///
/// `incidents.json` in its private state, by a clock that stands while the machine sleeps. Where that
/// is gone or damaged, or after another start of the machine, the time starts anew: a miss is then
/// found later, never earlier.
struct IncidentMemory: Equatable {
  /// One member that owes an ack of one incident.
  struct Debt: Hashable, Comparable {
    let incident: Bytes32
    let debtor: Handle

    static func < (left: Debt, right: Debt) -> Bool {
      (left.incident, left.debtor) < (right.incident, right.debtor)
    }
  }

  /// From when a debtor's time runs.
  struct Start: Equatable {
    /// In milliseconds of that clock.
    let milliseconds: Int
    /// Whether its beat has shown that it knows the incident; else it was gone.
    let hasSeen: Bool
  }

  private var boot = ""
  /// Nil until a debtor has seen the incident, or is gone.
  private(set) var debts: [Debt: Start?] = [:]
  /// The earliest deadline.
  private var next: Int?

  private static let name = "incidents.json"

  init() {}

  /// Whether anybody's ack is waited for.
  var isWatching: Bool { !debts.isEmpty }

  /// Whether a deadline has passed, or somebody's time does not run yet.
  func isDue(at moment: BootMoment) -> Bool {
    guard moment.boot == boot, !debts.isEmpty, !debts.values.contains(nil) else { return true }
    return next.map { $0 <= moment.milliseconds } ?? true
  }

  /// Milliseconds until the earliest deadline; nil where somebody's time does not run yet.
  func millisecondsLeft(at moment: BootMoment) -> Int? {
    guard let next, moment.boot == boot, !debts.values.contains(nil) else { return nil }
    return max(0, next - moment.milliseconds)
  }

  /// The start of a debtor's time, where it is known and not in the future.
  func start(of debt: Debt, at moment: BootMoment) -> Start? {
    guard moment.boot == boot, let start = debts[debt] ?? nil,
      start.milliseconds <= moment.milliseconds
    else { return nil }
    return start
  }

  /// Keeps to the debts that are open.
  mutating func follow(_ open: [Debt: Start?], patience: Int, at moment: BootMoment) {
    (boot, debts) = (open.isEmpty ? "" : moment.boot, open)
    next = open.values.compactMap { $0?.milliseconds }.min().map { $0 + patience }
  }
}

extension IncidentMemory {
  static func load(_ state: borrowing PrivateState) throws(KitError) -> IncidentMemory {
    let object: JSONObject?
    do { object = try state.readObject(name) } catch {
      guard case .privateState = error else { throw .wire(error) }
      return IncidentMemory()
    }
    return object.flatMap { IncidentMemory($0) } ?? IncidentMemory()
  }

  private init?(_ object: JSONObject) {
    guard let boot = object["boot"]?.text, let debts = object["debts"]?.members else { return nil }
    self.boot = boot.string
    next = object["next"]?.int
    for incident in debts.members {
      guard let id = Bytes32(hex: incident.key), let debtors = incident.value.members else {
        return nil
      }
      for debtor in debtors.members {
        guard let handle = Handle(debtor.key) else { return nil }
        let debt = Debt(incident: id, debtor: handle)
        if let parts = debtor.value.members, let time = parts["since"]?.int {
          let start = Start(milliseconds: time, hasSeen: parts["seen"]?.flag ?? false)
          self.debts.updateValue(start, forKey: debt)
        } else {
          self.debts.updateValue(nil, forKey: debt)
        }
      }
    }
  }

  func save(_ state: borrowing PrivateState) throws(KitError) {
    var incidents: [Bytes32: JSONObject] = [:]
    for (debt, start) in debts {
      let value: JSONValue? = start.map {
        .object(["since": .integer($0.milliseconds), "seen": .bool($0.hasSeen)])
      }
      incidents[debt.incident, default: [:]][Text(debt.debtor.name)] = value ?? .null
    }
    var table = JSONObject()
    for (id, debtors) in incidents { table[Text(id.hex)] = .object(debtors) }
    let object: JSONObject = [
      "boot": .string(boot), "debts": .object(table), "next": next.map { .integer($0) },
    ]
    try KitError.liftingWire { () throws(WireError) in
      try state.write(object, to: Self.name, durable: false)
    }
  }
}
