import DeadDropKit
import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("A decision that adds a member introduces all its parties to each other")
struct AdmissionTests {
  private func pk(_ handle: Handle, _ bench: Bench) throws -> Bytes32 {
    try KeyStore(bench.places(handle)).ensureSigningKey(handle).publicKey.bytes
  }

  /// Proposes mason, has all agree, and gives the proposal.
  private func add(_ bench: Bench, by proposer: Handle, owners: [Handle]) throws -> Bytes32 {
    let key = try pk("mason", bench)
    let id = try bench.act(as: proposer) { session, _ in
      try session.propose(member: "mason", pk: key, because: "more hands").eventID
    }
    for owner in owners { try bench.ack(id, by: owner) }
    #expect(try bench.settle(proposer).says("mason is a member, as this agent proposed: VERIFIED"))
    return id
  }

  private func invite(_ bench: Bench, by inviter: Handle) throws -> Invite {
    try bench.act(as: inviter) { session, _ in try session.invite("mason") }
  }

  private func pins(_ member: Handle, of handle: Handle, _ bench: Bench) throws -> [TrustStore.Pin]
  {
    try bench.settle(handle)
    return try bench.open(handle).trust.pins[member] ?? []
  }

  @Test("whichever party invites", arguments: ["forge", "scribe", "quill"] as [Handle])
  func parties(inviter: Handle) throws {
    try Bench.run("forge", "scribe", "quill") { bench in
      _ = try add(bench, by: "scribe", owners: ["forge", "quill"])
      try bench.join(try invite(bench, by: inviter))
      for member in ["forge", "scribe", "quill"] as [Handle] {
        let own = try pins("mason", of: member, bench)
        #expect(own.map(\.pk) == [try pk("mason", bench)])
        #expect(own.map(\.means) == [.introduction] && own.map(\.by) == ["scribe"])
        let theirs = try pins(member, of: "mason", bench)
        #expect(theirs.map(\.pk) == [try pk(member, bench)])
        #expect(theirs.map(\.means) == [member == inviter ? .invite : .introduction])
        #expect(theirs.map(\.by) == [member == inviter ? nil : inviter])
      }
      let proposal = try bench.propose("port", by: "mason")
      for owner in ["forge", "scribe", "quill"] as [Handle] { try bench.ack(proposal, by: owner) }
      #expect(try bench.settle("mason").says("ratified"))
      #expect(try bench.audit(everySignature: true).bad.isEmpty)
    }
  }

  @Test("a later member is introduced to the newcomer by the newcomer's own ack")
  func later() throws {
    try Bench.run("forge", "scribe") { bench in
      _ = try add(bench, by: "forge", owners: ["scribe"])
      try bench.join(try invite(bench, by: "scribe"))
      let key = try pk("quill", bench)
      let id = try bench.act(as: "scribe") { session, _ in
        try session.propose(member: "quill", pk: key, because: "and more").eventID
      }
      for owner in ["forge", "mason"] as [Handle] { try bench.ack(id, by: owner) }
      try bench.settle("scribe")
      #expect(try pins("quill", of: "mason", bench).map(\.by) == ["scribe"])
    }
  }

  @Test("who did not agree pins nobody, and who was not asked invites nobody")
  func stranger() throws {
    try Bench.run("forge", "scribe") { bench in
      // Two additions that do not know of each other: neither newcomer agreed to the other.
      var proposals: [Bytes32] = []
      for (proposer, newcomer) in [("forge", "mason"), ("scribe", "quill")] as [(Handle, Handle)] {
        let key = try pk(newcomer, bench)
        proposals.append(
          try bench.act(as: proposer) { session, _ in
            try session.propose(member: newcomer, pk: key, because: "more hands").eventID
          })
      }
      try bench.ack(proposals[0], by: "scribe")
      try bench.ack(proposals[1], by: "forge")
      for member in ["forge", "scribe", "forge"] as [Handle] { try bench.settle(member) }
      for (inviter, newcomer) in [("forge", "mason"), ("scribe", "quill")] as [(Handle, Handle)] {
        try bench.join(
          try bench.act(as: inviter) { session, _ in try session.invite(newcomer) })
      }
      for (one, other) in [("mason", "quill"), ("quill", "mason")] as [(Handle, Handle)] {
        #expect(try pins(other, of: one, bench).isEmpty)
        #expect(try pins("forge", of: one, bench).count == 1)
        #expect(try pins("scribe", of: one, bench).count == 1)
        #expect(try pins(one, of: "forge", bench).count == 1)
      }
      #expect(throws: KitError.notAParty("mason", ["forge", "scribe"])) {
        try invite(bench, by: "quill")
      }
    }
  }

  @Test("a newcomer that pinned its inviter by hand takes nobody's word")
  func byHand() throws {
    try Bench.run("forge", "scribe") { bench in
      _ = try add(bench, by: "forge", owners: ["scribe"])
      let line = try invite(bench, by: "scribe")
      try bench.join(line)
      let state = try bench.statePath(of: "mason")
      let store = String(decoding: try bench.read("trust.json", in: state), as: UTF8.self)
      try bench.overwrite(
        "trust.json", with: Array("{\"peers\":{},\"version\":1}".utf8), in: state)
      #expect(store.contains("invite"))
      try bench.act(as: "mason") { session, _ in
        _ = try session.pin("scribe", .key(try pk("scribe", bench)))
      }
      #expect(try pins("forge", of: "mason", bench).isEmpty)
    }
  }

  @Test("the key that was agreed to is the only one that opens the log")
  func otherKey() throws {
    try Bench.run("forge", "scribe") { bench in
      _ = try add(bench, by: "forge", owners: ["scribe"])
      let line = try invite(bench, by: "forge")
      #expect(throws: KitError.otherKeyDecided("mason", try pk("mason", bench))) {
        try bench.join(line, machine: "-other")
      }
      #expect(try bench.snapshot(bench.root + "/home-mason-other").isEmpty)
      try bench.join(line)
      #expect(throws: KitError.alreadyJoined("mason")) { try bench.join(line) }
    }
  }

  @Test("a handle is given once, and a key to one agent")
  func taken() throws {
    try Bench.run("forge", "scribe") { bench in
      let key = try pk("mason", bench)
      try bench.act(as: "forge") { session, _ in
        #expect(throws: KitError.handleTaken("scribe")) {
          try session.propose(member: "scribe", pk: key, because: "")
        }
        #expect(throws: KitError.keyTaken("scribe")) {
          try session.propose(member: "mason", pk: try pk("scribe", bench), because: "")
        }
        #expect(throws: KitError.self) {
          try session.propose(member: "mason", pk: .zero, because: "")
        }
      }
      let id = try bench.act(as: "forge") { session, _ in
        try session.propose(member: "mason", pk: key, because: "").eventID
      }
      try bench.act(as: "scribe") { session, _ in
        #expect(throws: KitError.proposedAlready(id, "change mason")) {
          try session.propose(member: "mason", pk: key, because: "")
        }
      }
    }
  }
}
