import DeadDropKit
import Foundation
import Host
import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("An agent that moves is in force in one place")
struct MovingTests {
  private func target(_ bench: Bench) -> PrivatePlaces {
    Moving.places(in: bench.root + "/home-target")
  }

  private func moving(_ bench: Bench, back: Bool = false) throws -> Moving {
    let wire = try bench.audit().reading.genesis.id
    let (old, new) = (bench.places("scribe"), target(bench))
    return Moving("scribe", on: wire, from: back ? new : old, to: back ? old : new)
  }

  /// Tries to sign from a place; nil when it did, else why not.
  private func sign(_ bench: Bench, in places: PrivatePlaces) -> String? {
    do {
      var session = try Session.open(directory: bench.path, as: "scribe", in: places)
      _ = try session.catchUp()
      _ = try session.send(.init(.request, subject: "signed", body: .string("")))
      return nil
    } catch { return "\(error)" }
  }

  @Test("the new place goes on, and the old one refuses, whatever is put back there")
  func move() throws {
    try written { bench in
      let keys = bench.places("scribe").keys
      let seed = try bench.read("scribe.key", in: keys)
      let outcome = try moving(bench).move()
      #expect(outcome.keptKeys == [])
      #expect(try bench.snapshot(keys).isEmpty)
      #expect(sign(bench, in: bench.places("scribe"))?.contains("was moved to") == true)
      try Scratch.write(seed, to: "scribe.key", in: keys)
      try bench.restrict(keys + "/scribe.key")
      #expect(sign(bench, in: bench.places("scribe"))?.contains("was moved to") == true)
      try bench.expectNoAdoption("scribe", "was moved to")
      #expect(throws: KitError.self) {
        try bench.act(as: "scribe") { session, _ in _ = try session.heartbeat(Heartbeat()) }
      }
      #expect(try bench.doctor("scribe").says(.bad, "was moved to"))
      #expect(sign(bench, in: target(bench)) == nil)
      #expect(try bench.inbox("forge") == ["signed"])
      // And back again, with all that was remembered meanwhile.
      _ = try moving(bench, back: true).move()
      #expect(sign(bench, in: target(bench))?.contains("was moved to") == true)
      #expect(sign(bench, in: bench.places("scribe")) == nil)
      #expect(try bench.inbox("forge") == ["signed"])
      #expect(try bench.settle("forge").isUnsafe == false)
    }
  }

  @Test("a backup signs nothing where it lies, and what is restored from it first finds its end")
  func backup() throws {
    try written { bench in
      _ = try moving(bench).backUp()
      #expect(sign(bench, in: target(bench))?.contains("this is a backup of") == true)
      #expect(sign(bench, in: bench.places("scribe")) == nil)
      try bench.act(as: "scribe") { session, _ in _ = try session.rotateKey() }
      _ = try moving(bench).backUp()
      try bench.inbox("forge")
      try FileManager.default.removeItem(atPath: bench.root + "/home-scribe")
      _ = try moving(bench, back: true).move()
      #expect(sign(bench, in: bench.places("scribe"))?.contains("reaches line") == true)
      try bench.adopt("scribe")
      #expect(sign(bench, in: bench.places("scribe")) == nil)
      #expect(try bench.inbox("forge") == ["signed"])
      #expect(sign(bench, in: target(bench))?.contains("this is a backup of") == true)
    }
  }

  @Test("what has moved for good is not moved again, though its keys are still here")
  func anotherMedium() throws {
    try Bench.runTwoWires { bench, other, places in
      let wire = try bench.audit().reading.genesis.id
      let move = Moving("forge", on: wire, from: places, to: target(bench))
      let outcome = try move.move()
      #expect(!outcome.keptKeys.isEmpty)
      // The medium is taken away, and another one lies at the same path.
      try FileManager.default.moveItem(
        atPath: bench.root + "/home-target", toPath: bench.root + "/home-away")
      #expect(throws: KitError.wire(.notInForce(.moved, target(bench).states))) {
        try move.move()
      }
    }
  }

  @Test("of two wires in one directory each is taken in by itself")
  func severalWires() throws {
    try Bench.runTwoWires { bench, other, places in
      let wires = try [bench, other].map { try $0.audit().reading.genesis.id }
      for wire in wires {
        _ = try Moving("forge", on: wire, from: places, to: target(bench)).move()
      }
      #expect(throws: KitError.self) { try Moving.agent(in: target(bench), named: "forge") }
      let first = try Moving.agent(in: target(bench), named: nil, on: wires[0])
      #expect(first.wire == wires[0])
      let home = Moving.places(in: bench.root + "/home-new")
      _ = try Moving("forge", on: wires[0], from: target(bench), to: home).move()
      #expect(try Moving.agent(in: target(bench), named: "forge").wire == wires[1])
    }
  }

  @Test("a place in the wire's directory is known by whatever links and dots it is spelled with")
  func insideTheWire() throws {
    try written { bench in
      try FileManager.default.createSymbolicLink(
        atPath: bench.root + "/link", withDestinationPath: bench.path + "/beats")
      let shared = try SharedDirectory.open(bench.path)
      for inside in ["/_coordination", "/_coordination//x/y", "/./_coordination/x", "/link/x"] {
        #expect(try shared.holds(bench.root + inside), "\(inside)")
      }
      for outside in ["", "/x/y", "/_coordination2/x", "/link/../../x"] {
        #expect(try !shared.holds(bench.root + outside), "\(outside)")
      }
    }
  }

  @Test("a place that has the agent, or another key of that name, takes in nothing")
  func occupied() throws {
    try written { bench in
      try FileManager.default.createDirectory(
        atPath: target(bench).keys, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
      try Scratch.write(Array(repeating: 7, count: 32), to: "scribe.key", in: target(bench).keys)
      try bench.restrict(target(bench).keys + "/scribe.key")
      #expect(throws: KitError.self) { try moving(bench).move() }
      #expect(sign(bench, in: bench.places("scribe")) == nil)
      #expect(throws: KitError.self) { try moving(bench, back: true).move() }
    }
  }

  #if FAULTS
    @Test(
      "a fault at any call of a move leaves at most one place that signs, and it can be made again")
    func faults() throws {
      try written { bench in
        try bench.walk(.key) {
          try moving(bench).move()
        } check: { strike, findings in
          let places = [bench.places("scribe"), target(bench)]
          let base = try TreeImage(of: bench.root)
          let signing = places.filter { place in
            defer { try? base.restore(to: bench.root) }
            return sign(bench, in: place) == nil
          }
          findings.require(signing.count <= 1, "\(signing.count) places sign")
          if strike.value != nil { findings.requireEqual(signing, [places[1]], "who signs") }
          if signing != [places[1]] || strike.value == nil { _ = try moving(bench).move() }
          findings.require(sign(bench, in: places[0]) != nil, "the old place signs")
          findings.requireEqual(sign(bench, in: places[1]), nil, "the new place")
          findings.requireEqual(
            try bench.snapshot(places[0].keys).keys.filter { $0.hasPrefix("scribe.") }, [],
            "keys at the old place")
          let look = try bench.look("forge")
          findings.requireEqual(look.broken, [], "what the peer meets")
          findings.requireEqual(look.subjects, ["signed"], "what the peer was shown")
          try bench.checkWire(&findings)
        }
      }
    }
  #endif
}
