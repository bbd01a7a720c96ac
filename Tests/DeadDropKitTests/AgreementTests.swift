import DeadDropKit
import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("Agents with keys and places of their own come to agree")
struct AgreementTests {
  @Test(
    "a request and a proposal go through in either direction",
    arguments: [("forge", "scribe"), ("scribe", "forge")] as [(Handle, Handle)])
  func roundTrip(from: Handle, to: Handle) throws {
    try Bench.run("forge", "scribe") { bench in
      try bench.send("please", by: from)
      #expect(try bench.inbox(to) == ["please"])
      let proposal = try bench.propose("port", by: from)
      try bench.settle(to)
      #expect(try bench.status(of: proposal, for: to) == .open)
      try bench.ack(proposal, by: to)
      #expect(try bench.derived().isEmpty)
      try bench.settle(from)
      #expect(try bench.status(of: proposal, for: from) == .ratified)
      #expect(try bench.status(of: proposal, for: to) == .ratified)
      #expect(try bench.derived() == bench.derivable())
      #expect(try bench.audit(everySignature: true).decisions == [proposal])
      #expect(try bench.audit().bad.isEmpty)
      #expect(try bench.audit().missingDecisions.isEmpty)
    }
  }

  @Test("each side has keys that the other does not hold, and both are believed by proof")
  func keys() throws {
    try Bench.run("forge", "scribe") { bench in
      #expect(bench.places("forge") != bench.places("scribe"))
      #expect(throws: KitError.self) { _ = try bench.open("forge", local: "scribe") }
      let forge = try bench.open("forge")
      let scribe = try bench.open("scribe")
      #expect(forge.trust.pins["scribe"]?.map(\.means) == [.invite])
      #expect(scribe.trust.pins["forge"]?.map(\.means) == [.invite])
      #expect(try forge.trust.pins["scribe"]?.first?.pk == scribe.signingKey().publicKey.bytes)
      #expect(try scribe.trust.pins["forge"]?.first?.pk == forge.signingKey().publicKey.bytes)
    }
  }

  @Test("a decline settles it and no decision comes of it")
  func decline() throws {
    try Bench.run("forge", "scribe") { bench in
      let proposal = try bench.propose("port", by: "forge")
      try bench.send("no", by: "scribe", type: .decline, re: proposal)
      #expect(throws: KitError.settledAlready(proposal, .declined)) {
        try bench.ack(proposal, by: "scribe")
      }
      try bench.settle("forge")
      #expect(try bench.status(of: proposal, for: "forge") == .declined)
      #expect(try bench.derivable().isEmpty)
      #expect(try bench.count(.decision, of: "forge") == 0)
    }
  }

  @Test(
    "two owners must both ack, whoever is first",
    arguments: [["scribe", "mason"], ["mason", "scribe"]] as [[Handle]])
  func twoOwners(order: [Handle]) throws {
    try Bench.run("forge", "scribe", "mason") { bench in
      let proposal = try bench.propose("port", by: "forge")
      try bench.ack(proposal, by: order[0])
      try bench.settle("forge")
      #expect(try bench.count(.decision, of: "forge") == 0)
      #expect(try bench.status(of: proposal, for: "forge") == .open)
      try bench.ack(proposal, by: order[1])
      try bench.settle("forge")
      #expect(try bench.count(.decision, of: "forge") == 1)
      for member in ["forge", "scribe", "mason"] as [Handle] {
        #expect(try bench.status(of: proposal, for: member) == .ratified)
      }
      #expect(try bench.derived() == bench.derivable())
      #expect(try bench.derived().count == 1)
    }
  }

  @Test("only the owners of the domains named are asked")
  func domains() throws {
    try Bench.run("forge", "scribe", "mason", domains: ["docs": "scribe", "code": "mason"]) {
      bench in
      let proposal = try bench.propose("chapter", by: "forge", domains: ["docs"])
      #expect(throws: KitError.notAnOwner(proposal, ["scribe"])) {
        try bench.ack(proposal, by: "mason")
      }
      try bench.settle("forge")
      #expect(try bench.status(of: proposal, for: "forge") == .open)
      try bench.ack(proposal, by: "scribe")
      try bench.settle("forge")
      #expect(try bench.status(of: proposal, for: "mason") == .ratified)
    }
  }

  @Test("the local agents of one person need no invites", arguments: [2, 3])
  func local(count: Int) throws {
    let members: [Handle] = Array(["forge", "scribe", "mason"].prefix(count))
    try Bench.run { bench in
      #expect(try bench.found(members, isLocal: true).isEmpty)
      for member in members {
        var session = try bench.open(member, local: "forge")
        #expect(try !session.catchUp().isUnsafe)
        for peer in members where peer != member {
          #expect(session.trust.tier(of: peer) == .verified, "\(peer) for \(member)")
        }
      }
      var scribe = try bench.open("scribe", local: "forge")
      _ = try scribe.catchUp()
      let receipt = try scribe.send(.init(.proposal, subject: "port", body: .string("8443")))
      for member in members where member != "scribe" {
        var session = try bench.open(member, local: "forge")
        _ = try session.catchUp()
        var ack = Session.Outgoing(.ack, subject: "yes", body: .string(""))
        ack.re = receipt.eventID.hex
        _ = try session.send(ack)
      }
      _ = try scribe.catchUp()
      #expect(try scribe.standing(of: receipt.eventID)?.status == .ratified)
      #expect(try bench.derived() == bench.derivable())
      #expect(try bench.derived().count == 1)
    }
  }
}

extension AgreementTests {
  @Test("what its writer may not have meant is stored and told")
  func doubts() throws {
    try Bench.run("forge", "scribe", "mason") { bench in
      let odd = try bench.send(
        "plan", by: "forge", type: .proposal,
        body: .object([
          "domains": .strings(["nosuch"]), "text": .string("x"),
        ]))
      #expect(odd.notes.contains { $0.contains("no domain is called nosuch") })
      let removal = try bench.act(as: "forge") { session, _ in
        try session.propose(removing: "mason", because: "gone")
      }
      try bench.ack(removal.eventID, by: "scribe")
      try bench.settle("forge")
      let late = try bench.send("hello", by: "forge") { $0.to = ["mason"] }
      #expect(late.notes.contains { $0.contains("mason is no member any more") })
      #expect(try bench.send("hello", by: "forge") { $0.to = ["scribe"] }.notes.isEmpty)
    }
  }
}
