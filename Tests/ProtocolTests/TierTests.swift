import Protocol
import TestSupport
import Testing
import WireFormat

@Suite("The heartbeat tier follows traffic, idle cycles and conflicts")
struct TierTests {
  private func run(
    _ events: [TierMachine.Event], _ limits: IdleCycles = IdleCycles()
  ) -> [TierName] {
    var machine = TierMachine(limits)
    return events.map { event in
      machine.take(event)
      return machine.tier
    }
  }

  private let idle = TierMachine.Event.cycle(isInboxEmpty: true)
  private let unread = TierMachine.Event.cycle(isInboxEmpty: false)

  @Test("three idle cycles lead to T2, nine more to T3, and no further")
  func down() {
    let tiers = run(Array(repeating: idle, count: 40))
    #expect(tiers[..<2].allSatisfy { $0 == .active })
    #expect(tiers[2..<11].allSatisfy { $0 == .idle })
    #expect(tiers[11...].allSatisfy { $0 == .longIdle })
  }

  @Test("the counts are those of the genesis")
  func limits() {
    let tiers = run(Array(repeating: idle, count: 4), IdleCycles(active: 1, idle: 2))
    #expect(tiers == [.idle, .idle, .longIdle, .longIdle])
  }

  @Test("a cycle with unread messages is not idle, and the count begins again")
  func unreadCycles() {
    #expect(run([idle, idle, unread, idle, idle, idle]).last == .idle)
    #expect(run([idle, idle, unread, idle, idle]).last == .active)
    #expect(run(Array(repeating: unread, count: 20)).last == .active)
    #expect(run([idle, idle, idle] + Array(repeating: unread, count: 20)).last == .idle)
  }

  @Test("traffic brings it back to T1 from anywhere below, and begins the count again")
  func traffic() {
    for count in [3, 12] {
      #expect(run(Array(repeating: idle, count: count) + [.traffic]).last == .active)
    }
    #expect(run([idle, idle, .traffic, idle, idle]).last == .active)
  }

  @Test("an open conflict holds it in T0 until it is over, through all that happens")
  func conflict() {
    let inside: [TierMachine.Event] = [.traffic, idle, unread, .stateChange, idle]
    for before in [0, 3, 12] {
      let start = Array(repeating: idle, count: before) + [.conflict(isOpen: true)]
      let tiers = run(start + inside + [.conflict(isOpen: false)])
      #expect(tiers.dropFirst(before).dropLast().allSatisfy { $0 == .headsDown })
      #expect(tiers.last == .active)
    }
  }

  @Test("a declared multi-edit cycle holds it in T0 until its end or a change of state")
  func multiEdit() {
    #expect(run([.multiEdit(isDeclared: true), .traffic, idle]).last == .headsDown)
    #expect(run([.multiEdit(isDeclared: true), .multiEdit(isDeclared: false)]).last == .active)
    #expect(run([.multiEdit(isDeclared: true), .stateChange]).last == .active)
    #expect(
      run([.multiEdit(isDeclared: true), .conflict(isOpen: true), .stateChange]).last == .headsDown)
    #expect(
      run([.conflict(isOpen: true), .multiEdit(isDeclared: true), .conflict(isOpen: false)]).last
        == .headsDown)
  }

  @Test("whatever happens, the cadence stays between a second and a day, and T0 has a cause")
  func bounds() throws {
    var random = RandomSource("tiers")
    for _ in 0..<200 {
      let seconds = (0..<4).map { _ in random.below(400_000) - 100_000 }
      let wire = try TestWire { object in
        var tiers = JSONObject()
        for (tier, count) in zip(TierName.allCases, seconds) where !random.once(in: 4) {
          tiers[tier.text] = .object(["cadence_seconds": .integer(count)])
        }
        object["tiers"] = .object(tiers)
        object["idle_cycles"] = .object(["T1_active": .integer(random.below(2_000) - 500)])
      }
      let tables = wire.state.history.current
      var machine = TierMachine(wire.genesis.idleCycles)
      for _ in 0..<40 {
        switch random.below(8) {
        case 0: machine.take(.traffic)
        case 1: machine.take(.stateChange)
        case 2: machine.take(.conflict(isOpen: random.once(in: 2)))
        case 3: machine.take(.multiEdit(isDeclared: random.once(in: 2)))
        case 4: machine.take(unread)
        default: machine.take(idle)
        }
        #expect((1...86_400).contains(tables.cadenceSeconds(of: machine.tier.text)))
        #expect((machine.tier == .headsDown) == (machine.hasConflict || machine.isMultiEdit))
        let again = TierMachine(
          wire.genesis.idleCycles, tier: machine.tier, idleCount: machine.idleCount,
          isMultiEdit: machine.isMultiEdit, hasConflict: machine.hasConflict)
        #expect(again == machine)
      }
    }
  }

  @Test("idle cycles of a genesis of any shape are whole numbers from 1 to 1,000")
  func idleCycles() {
    func read(_ text: String) -> IdleCycles? {
      (try? JSONParser.value(Array(text.utf8))).map { IdleCycles($0) }
    }
    #expect(read(#"{"T1_active":5,"T2_idle":7}"#) == IdleCycles(active: 5, idle: 7))
    for text in ["null", "[]", "{}", #"{"T1_active":"x"}"#, #"{"other":1}"#] {
      #expect(read(text) == IdleCycles(active: 3, idle: 9))
    }
    let odd = read(#"{"T1_active":-4,"T2_idle":99999}"#)
    #expect(odd?.active == 1 && odd?.idle == 1_000)
  }

  @Test("a tier of no name is taken as the slowest, so that nobody is found silent too early")
  func unknownTier() throws {
    let tables = try TestWire().state.history.current
    #expect(tables.cadenceSeconds(of: "T1_active") == 90)
    #expect(tables.cadenceSeconds(of: "T0_HEADS_DOWN") == 30)
    #expect(tables.cadenceSeconds(of: "T9") == 1_200)
  }

  @Test("a peer is alive for one and a half cadences, late for three, then gone")
  func liveness() {
    func judge(_ milliseconds: Int?) -> Liveness {
      Liveness(silentMilliseconds: milliseconds, cadenceSeconds: 90)
    }
    #expect(judge(nil) == .unknown)
    for time in [-5, 0, 135_000] { #expect(judge(time) == .alive) }
    for time in [135_001, 135_500, 270_000] { #expect(judge(time) == .late) }
    for time in [270_001, .max] { #expect(judge(time) == .gone) }
    #expect(Liveness(silentMilliseconds: 1_501, cadenceSeconds: 0) == .late)
    #expect(Liveness(silentMilliseconds: .max, cadenceSeconds: .max) == .gone)
  }
}
