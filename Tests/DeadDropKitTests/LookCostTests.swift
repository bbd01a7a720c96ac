#if FAULTS
  import DeadDropKit
  import Host
  import Protocol
  import TestSupport
  import Testing
  import Wire
  import WireFormat

  @Suite("A look of one that stays costs what is new, however much a peer has written")
  struct LookCostTests {
    private static let log = "scribe_to_forge.jsonl"

    /// How often the log of scribe was read from meanwhile.
    private func reads(_ body: () throws -> Void) throws -> Int {
      let plan = FaultPlan(Fault.unflushed)
      try plan.run(body)
      return plan.trace.count { $0.call == .read && $0.path.hasSuffix(Self.log) }
    }

    private func send(_ count: Int, _ bench: Bench) throws {
      let body = JSONValue.string(Text(String(repeating: "x", count: 30_000)))
      for number in 0..<count { try bench.send(Text("\(number)"), by: "scribe", body: body) }
    }

    @Test("one whose lines were revoked lets nobody read its whole log for each line more")
    func revoked() throws {
      try Bench.run("forge", "scribe") { bench in
        try send(40, bench)
        try bench.act(as: "forge") { session, _ in _ = try session.revoke("scribe", from: 3) }
        var session = try bench.open("forge")
        _ = try session.catchUp()
        let idle = try reads { _ = try session.catchUp() }
        #expect(idle <= 1, "\(idle) reads")
        try bench.send("more", by: "scribe")
        let count = try reads { _ = try session.catchUp() }
        #expect((1...6).contains(count), "\(count) reads")
        // What was found counts for that chain only: another one strays at once.
        let lines = try bench.lines(of: "scribe")
        try bench.setLines(Array(lines.prefix(1)), of: "scribe")
        #expect(try session.catchUp().says("ALARM"))
      }
    }

    @Test("lines that the on-message command is not told of are read once")
    func heldBack() throws {
      var wire = try TestWire(["forge", "scribe"])
      try wire.join()
      for number in 0..<20 {
        let subject = Text("\(number)")
        try wire.write(Draft(.request, subject: subject, body: .string("x")), by: "scribe")
      }
      try Bench.run { bench in
        try bench.settleIn(wire, as: "forge")
        var session = try bench.open("forge")
        _ = try session.catchUp()
        var hook = try MessageHook(
          "exit 0", timeLimit: .seconds(30), variables: [:], unsaved: nil, &session)
        defer { _ = hook.stop(&session) }
        try hook.goOn(&session) { _, _ in [] }
        for _ in 0..<3 {
          #expect(try reads { try hook.goOn(&session) { _, _ in [] } } == 0)
        }
        #expect(hook.readyNumber == nil)
        // Once its key is believed it is told of all of them.
        try bench.act(as: "forge") { session, _ in
          _ = try session.pin("scribe", .key(TestKey("scribe/1").pk))
        }
        _ = try session.catchUp()
        try hook.goOn(&session) { _, _ in [] }
        #expect(hook.readyNumber != nil)
      }
    }
  }
#endif
