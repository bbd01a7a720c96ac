#if FAULTS
  import DeadDropKit
  import Host
  import Identity
  import Protocol
  import TestSupport
  import Wire
  import WireFormat

  /// One simulation: hosts, members, and what is true of them.
  ///
  /// Only one thread at a time touches it.
  package final class World: @unchecked Sendable {
    struct Member: Sendable {
      let handle: Handle
      let host: SimulatedHost
      let isHonest: Bool
      var pk = Bytes32.zero

      var places: PrivatePlaces {
        PrivatePlaces(keys: "/home/\(handle)/keys", states: "/home/\(handle)/state")
      }
    }

    /// How a command ended.
    enum End {
      case done
      case refused(any Error)
      case died
    }

    package static let wirePath = "/project/_coordination"
    let plan: Plan
    let time = SimulatedTime()
    let turns: Turnstile
    let hosts: [SimulatedHost]
    var members: [Member]
    var ledger = Ledger()
    /// The chance of the current step.
    var random: SimulationRandom
    /// Replicas on which lines stand in another order than their writer's.
    var jumbled: Set<Replica> = []
    /// Replicas that a lying host has changed.
    var attacks: [Replica: Attack] = [:]
    /// Members whose log has two histories, by their own doing.
    var forkers: Set<Handle> = []
    var genesis: Genesis?
    var idCache: [Handle: (byteCount: Int, ids: [Bytes32])] = [:]
    package var trace: [String] = []

    /// A file that a host has changed.
    struct Attack {
      let file: SimulatedDisk.File
      let original: [UInt8]
      /// How many bytes it had right after the change.
      let changedCount: Int

      /// What it would hold by now without the attack.
      var healed: [UInt8] { original + file.bytes.dropFirst(changedCount) }
    }

    /// One log on one host.
    struct Replica: Hashable {
      let host: Int
      let log: Handle
    }

    package init(_ plan: Plan) {
      _ = SimulatedChance.isInstalled
      self.plan = plan
      random = SimulationRandom(seed: plan.seed ^ 0x5bd1_e995)
      turns = Turnstile(random.fork())
      let time = time
      hosts = (0..<plan.hostCount).map { SimulatedHost($0, time) }
      let names: [Handle] = ["ada", "bob", "cyd", "dee", "eve", "fay", "gus", "hal"]
      members = []
      for index in 0..<plan.memberCount {
        let isLast = index == plan.memberCount - 1
        // A lying host has no member of its own: the last one, or a hostile one, lives there.
        members.append(
          Member(
            handle: names[index], host: hosts[index % hosts.count],
            isHonest: !(isLast && plan.hasHostileMember)))
      }
      for host in hosts {
        host.skewNanoseconds = Int64(random.below(7_200)) * 1_000_000_000 - 3_600_000_000_000
      }
    }

    var wire: Bytes32 { genesis?.id ?? .zero }
    var honest: [Member] { members.filter(\.isHonest) }

    func index(of handle: Handle) -> Int { members.firstIndex { $0.handle == handle } ?? 0 }

    func logName(_ handle: Handle) -> String {
      LogName.make(for: handle, among: members.map(\.handle))
    }

    func path(_ name: String) -> String { Self.wirePath + "/" + name }

    // MARK: processes

    /// Runs a body as a process of its own on a host.
    func process<Value>(
      on host: SimulatedHost, fault: ProcessFault? = nil, _ body: () throws -> Value
    ) throws -> Value {
      let process = SimulatedProcess(on: host, fault: fault, turns: turns, random: random.fork())
      return try process.run(body)
    }

    /// Runs a command of a member: opens, catches up, acts, as every run of the program does.
    @discardableResult
    func command(
      _ member: Member, fault: ProcessFault? = nil,
      _ body: (inout Session, CatchUp) throws -> Void
    ) -> End {
      let process = SimulatedProcess(
        on: member.host, fault: fault, turns: turns, random: random.fork())
      let floor = ledger.savedHeads[member.handle] ?? [:]
      do {
        try process.run {
          var session = try Session.open(
            directory: Self.wirePath, as: member.handle.name, in: member.places)
          forbid(session, on: member.host)
          try lookAtSavedHeads(of: member, session, floor: floor)
          let report = try session.catchUp()
          try body(&session, report)
          try lookAtSavedHeads(of: member, session, floor: floor)
        }
        return process.isDead ? .died : .done
      } catch {
        if process.isDead {
          ledger.count("crash")
          return .died
        }
        ledger.count("refusal")
        note("\(member.handle) refused: \(error)")
        return .refused(error)
      }
    }

    /// What a member has on its disk never goes back, whoever of its processes wrote last.
    private func lookAtSavedHeads(
      of member: Member, _ session: borrowing Session, floor: [Handle: Int]
    ) throws {
      let saved = try HeadStore.load(session.state, wire: wire).records.mapValues(\.head.seq)
      if let (writer, seq) = floor.first(where: { saved[$0.key] ?? 0 < $0.value }) {
        ledger.finding = Violation(
          promise: "heads never go back",
          words: "\(member.handle) had saved line \(seq) of \(writer), and has not any more")
      }
      ledger.savedHeads[member.handle, default: [:]].merge(saved, uniquingKeysWith: max)
    }

    /// Lets the mutants know what no reducer may.
    private func forbid(_ session: borrowing Session, on host: SimulatedHost) {
      #if MUTANTS
        let now = Timestamp(microseconds: host.nanoseconds(.wall) / 1_000)
        unsafe Mutant.forbidden = (now, Set(session.trust.pins.keys).union([session.handle]))
      #endif
    }

    func note(_ words: @autoclosure () -> String) {
      if isTracing { trace.append("    " + words()) }
    }

    package var isTracing = false
  }
#endif
