import Host
import Identity
import Protocol
import Wire
import WireFormat

/// One thing that `doctor` looked at.
package struct Checkup: Sendable {
  package enum Grade: String, Sendable {
    case ok
    /// Works, and somebody should know.
    case warning
    /// Broken, or not safe.
    case bad
  }

  package let grade: Grade
  /// A file, or what else was looked at.
  package let subject: String
  /// A lowercase clause.
  package let finding: String
  /// The words of a command that helps.
  package var remedy: [String]?
  /// What was refused, whose remedy is the one of any command that meets it.
  package var error: KitError?

  init(_ grade: Grade, _ subject: String, _ finding: String, remedy: [String]? = nil) {
    (self.grade, self.subject, self.finding, self.remedy) = (grade, subject, finding, remedy)
  }

  init(_ subject: String, _ error: KitError) {
    self.init(.bad, subject, error.description)
    self.error = error
  }
}

/// Looks at all that a wire and an agent's private state rest on, and changes nothing.
package struct Doctor {
  package private(set) var checkups: [Checkup] = []
  let path: String
  let places: PrivatePlaces
  private let name: String?

  /// Throws only where there is no wire to look at.
  package static func examine(
    directory: String?, as name: String?, in places: PrivatePlaces? = nil
  ) throws(KitError) -> [Checkup] {
    let path = try WireLocation.find(explicit: directory)
    var doctor = Doctor(path: path, places: try PrivatePlaces.given(places), name: name)
    doctor.examine()
    return doctor.checkups
  }

  private init(path: String, places: PrivatePlaces, name: String?) {
    (self.path, self.places, self.name) = (path, places, name)
  }

  mutating func note(
    _ grade: Checkup.Grade, _ subject: String, _ finding: String, remedy: [String]? = nil
  ) {
    checkups.append(Checkup(grade, subject, finding, remedy: remedy))
  }

  mutating func note(_ subject: String, _ error: KitError) {
    checkups.append(Checkup(subject, error))
  }

  private mutating func examine() {
    do throws(KitError) {
      let shared = try KitError.liftingWire { () throws(WireError) in
        try SharedDirectory.open(path)
      }
      note(.ok, path, "safe to use")
      examineDisk(shared)
      let genesis = try KitError.liftingWire { () throws(WireError) in
        try shared.checkedGenesis()
      }
      note(.ok, SharedDirectory.genesisName, "wire \(genesis.id.hex)")
      examineClock(genesis)
      let agent = findAgent(genesis)
      // Read before the log: whatever this agent has stored by now must be there.
      let stored = agent.flatMap { storedHead($0, genesis) }
      let audit = try examineLines(shared, genesis, agent, stored)
      examineNames(shared, audit, agent)
      examineWitnesses(shared, audit)
      if let agent {
        examine(agent, stored, genesis, shared, audit)
        examineDaemon(agent, genesis)
      } else {
        seekLost(audit)
      }
    } catch {
      note(path, error)
    }
  }

  /// The agent of this account on the wire; nil for a bystander.
  private mutating func findAgent(_ genesis: Genesis) -> Handle? {
    do throws(KitError) {
      return try Session.choose(name, wire: genesis.id, path: path, places)
    } catch {
      if case .severalIdentities(let handles) = error {
        let names = handles.map(\.name).joined(separator: ", ")
        note(
          .warning, places.states, "several agents are on this wire: \(names)",
          remedy: ["deaddrop", "doctor", "--as", handles[0].name])
      } else if case .noIdentity = error {
        note(.warning, places.states, "no agent of this account is on this wire")
      } else {
        note(places.states, error)
      }
      return nil
    }
  }

  /// Members whose key is here and whose private state is not: they cannot go on unaided.
  private mutating func seekLost(_ audit: Audit) {
    let wire = audit.reading.genesis.id
    for handle in (try? places.identities(on: wire))?.isEmpty == true ? audit.reading.handles : [] {
      guard let chain = audit.reading.chains[handle], chain.head.seq > 0,
        let log = audit.reading.directory.entries[handle]?.log,
        let pk = try? KeyStore(places).publicKey(handle, chain.key), pk == chain.key
      else { continue }
      let lost = WireError.ownLogAhead(log: log, seq: chain.head.seq, known: 0)
      note(places.state(wire: wire, handle: handle), .wire(lost))
    }
  }

  private mutating func examineDisk(_ shared: borrowing SharedDirectory) {
    do {
      let kind = try FileSystemKind.name(of: shared.directory)
      if FileSystemKind.isRemote(kind) {
        note(.warning, path, "on \(kind), where locks and appends of two machines may mix")
      } else {
        note(.ok, path, "on \(kind)")
      }
      let free = try FileSystemKind.freeByteCount(of: shared.directory)
      if free < 16 << 20 {
        note(.warning, path, "\(free) bytes are free", remedy: ["df", "-h", path])
      }
    } catch { note(path, .host(error)) }
    guard let slash = path.lastIndex(of: "/"),
      let tree = GitWorkTree.enclosing(String(path[..<slash]))
    else { return }
    note(
      .warning, path,
      "in the git work tree \(tree.root): where git ignores it, `git clean -dx` deletes it")
  }

  /// A clock that is off makes acks and invites run out too early or never.
  private mutating func examineClock(_ genesis: Genesis) {
    let now = Timestamp(microseconds: WallClock.now())
    if now < genesis.timestamp {
      note(.bad, "clock", "\(now.string) is before the wire was founded", remedy: ["date", "-u"])
    } else {
      note(.ok, "clock", now.string)
    }
  }

  /// Every line again, against what this agent remembers.
  private mutating func examineLines(
    _ shared: borrowing SharedDirectory, _ genesis: Genesis, _ agent: Handle?, _ stored: Head?
  ) throws(KitError) -> Audit {
    var options = WireReading.Options()
    if let agent {
      options.known = known(agent, genesis)
      // Whoever wrote more than its card has read before that.
      if options.known.isEmpty, stored?.seq ?? 0 > 1 {
        note(
          .warning, "\(places.state(wire: genesis.id, handle: agent))/heads.json",
          "nothing is held against the logs: the next command reads them afresh",
          remedy: ["deaddrop", "status"])
      }
    }
    let audit = try KitError.lifting { () throws(HostError) in
      try Audit(shared, genesis, options)
    }
    for line in audit.bad.prefix(20) {
      // What no message derives is nobody's word, and the file is written anew; but where messages
      // are missing it may be the last trace of what they said.
      let isWhole = audit.reading.chains.values.allSatisfy { $0.verdict == .sound }
      let remedy =
        line.reason == .notDerived && isWhole
        ? ["mv", "\(path)/\(line.file)", "\(path)/\(line.file).aside"] : ["deaddrop", "verify"]
      note(.bad, "\(line.file):\(line.line)", line.reason.rawValue, remedy: remedy)
    }
    if audit.bad.count > 20 {
      note(
        .bad, path, "\(audit.bad.count - 20) more lines at fault", remedy: ["deaddrop", "verify"])
    }
    for handle in audit.reading.handles {
      guard let chain = audit.reading.chains[handle],
        let log = audit.reading.directory.entries[handle]?.log
      else { continue }
      let canRecover = chain.verdict == .fork && audit.reading.state.canRecover(handle)
      let (grade, words) = Self.words(for: chain, canRecover)
      note(
        grade, log, words,
        remedy: grade == .bad ? Self.remedy(for: chain, agent, canRecover) : nil)
    }
    if !audit.missingDecisions.isEmpty {
      note(
        .warning, SharedDirectory.decisionsName,
        "\(audit.missingDecisions.count) decisions are not in it yet",
        remedy: ["deaddrop", "status"])
    }
    if !audit.missingIncidents.isEmpty {
      note(
        .warning, SharedDirectory.incidentLogName,
        "\(audit.missingIncidents.count) incidents are not in it yet",
        remedy: ["deaddrop", "status"])
    }
    return audit
  }

  /// After a fork the forked agent prepares what the others decide; nobody else can.
  private static func remedy(
    for chain: Chain, _ agent: Handle?, _ canRecover: Bool
  ) -> [String] {
    guard chain.verdict == .fork else { return ["deaddrop", "verify"] }
    guard canRecover else { return ["deaddrop", "help", "init"] }
    let cut = chain.foldedThrough
    guard chain.handle == agent, cut > 0 else { return ["deaddrop", "help", "key", "recover"] }
    return ["deaddrop", "key", "recover", "--cut", String(cut), "--as", chain.handle.name]
  }

  /// What a chain's verdict means and how it is put right.
  private static func words(
    for chain: Chain, _ canRecover: Bool
  ) -> (Checkup.Grade, String) {
    switch chain.verdict {
    case .sound where chain.head.seq == 0: (.warning, "\(chain.handle) has not joined yet")
    case .sound: (.ok, "\(chain.head.seq) lines")
    case .gap:
      (
        .bad,
        "gap after line \(chain.head.seq): the missing lines must come back from another copy"
      )
    case .fork:
      (
        .bad,
        "fork at line \(chain.forkSeq ?? 0): \(chain.handle) signed two histories; "
          + (canRecover
            ? "the other members decide from where it goes on"
            : "the log must come back from another copy, or a new wire be made: nobody could decide "
              + "from where it goes on")
      )
    case .rollback:
      (
        .bad,
        "rollback: line \(chain.head.seq), which was verified here, is gone or changed; "
          + "the log must come back from another copy"
      )
    }
  }

  /// The line that the agent stored last; what cannot be read is told later.
  private func storedHead(_ agent: Handle, _ genesis: Genesis) -> Head? {
    let path = places.state(wire: genesis.id, handle: agent)
    guard let state = try? PrivateState.open(path) else { return nil }
    return (try? WriterFile.peek(state))??.head
  }

  /// What the agent verified before; without it only the wire itself speaks.
  private mutating func known(
    _ agent: Handle, _ genesis: Genesis
  ) -> [Handle: Chain.Remembered] {
    do throws(KitError) {
      return try KitError.liftingWire { () throws(WireError) in
        let state = try PrivateState.open(places.state(wire: genesis.id, handle: agent))
        return try WireReader.remembered(genesis, state)
      }
    } catch {
      note(places.state(wire: genesis.id, handle: agent), error)
      return [:]
    }
  }
}
