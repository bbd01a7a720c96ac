import DeadDropKit
import Foundation
import Identity
import Protocol
import TestSupport
import Wire
import WireFormat

/// A wire in a directory of its own and agents who know nothing of each other's private places.
///
/// Every verb opens its session anew, as every run of the command does.
struct Bench {
  let root: String
  var path: String { root + "/_coordination" }

  static func run(_ body: (Bench) throws -> Void) throws {
    try Scratch.run { try body(Bench(root: $0)) }
  }

  /// A founded wire on which all members have joined and the founder has seen them.
  static func run(
    _ members: Handle..., domains: [Text: Handle] = [:], body: (Bench) throws -> Void
  ) throws {
    try run { bench in
      let invites = try bench.found(members, domains: domains)
      for invite in invites { try bench.join(invite) }
      try bench.settle(members[0])
      for member in members.dropFirst() { try bench.settle(member) }
      try body(bench)
    }
  }

  /// Two wires of forge in one account, of which the first is the bench's.
  static func runTwoWires(_ body: (Bench, Bench, PrivatePlaces) throws -> Void) throws {
    try run { bench in
      let other = Bench(root: bench.root + "/other")
      try FileManager.default.createDirectory(
        atPath: other.root, withIntermediateDirectories: false)
      let places = bench.places("forge")
      for path in [bench.path, other.path] {
        _ = try Founding.found(
          .init(
            directory: path, founder: "forge", peers: ["scribe"], domains: [:],
            tiers: TiersFile.standard, isLocal: true), in: places)
      }
      try body(bench, other, places)
    }
  }

  func places(_ handle: Handle, machine: String = "") -> PrivatePlaces {
    let home = "\(root)/home-\(handle)\(machine)"
    return PrivatePlaces(keys: home + "/keys", states: home + "/state")
  }

  @discardableResult
  func found(
    _ members: [Handle], domains: [Text: Handle] = [:], isLocal: Bool = false
  ) throws -> [Invite] {
    let request = Founding.Request(
      directory: path, founder: members[0], peers: Array(members.dropFirst()),
      domains: domains.mapValues { Domain(owner: $0, paths: ["src/**"]) },
      tiers: TiersFile.standard, isLocal: isLocal)
    return try Founding.found(request, in: places(members[0])).invites
  }

  @discardableResult
  func join(_ invite: Invite, machine: String = "") throws -> Joining.Outcome {
    try Joining.join(
      invite, directory: nil, handle: nil, in: places(invite.to, machine: machine))
  }

  func open(_ handle: Handle, local: Handle? = nil) throws -> Session {
    try Session.open(directory: path, as: handle.name, in: places(local ?? handle))
  }

  /// Runs a verb as the command does: open, catch up, act.
  @discardableResult
  func act<Value>(
    as handle: Handle, _ body: (inout Session, CatchUp) throws -> Value
  ) throws -> Value {
    var session = try open(handle)
    let report = try session.catchUp()
    return try body(&session, report)
  }

  @discardableResult
  func settle(_ handle: Handle) throws -> CatchUp { try act(as: handle) { $1 } }

  @discardableResult
  func send(
    _ subject: Text, by handle: Handle, type: MessageType = .request, re: Bytes32? = nil,
    body: JSONValue = .string("text"), change: (inout Session.Outgoing) -> Void = { _ in }
  ) throws -> Receipt {
    var outgoing = Session.Outgoing(type, subject: subject, body: body)
    outgoing.re = re?.hex
    change(&outgoing)
    return try act(as: handle) { session, _ in try session.send(outgoing) }
  }

  func propose(
    _ subject: Text, by handle: Handle, domains: [Text]? = nil, effects: JSONValue? = nil
  ) throws -> Bytes32 {
    let body: JSONObject = [
      "text": .string("let us"), "domains": domains.map { .array($0.map { .string($0) }) },
      "effects": effects,
    ]
    return try send(subject, by: handle, type: .proposal, body: .object(body)).eventID
  }

  @discardableResult
  func ack(_ proposal: Bytes32, by handle: Handle) throws -> Bytes32 {
    try send("ack", by: handle, type: .ack, re: proposal).eventID
  }

  /// Sends from so on, so that the subjects say the order.
  func send(_ subjects: [String], by handle: Handle) throws {
    for subject in subjects { try send(Text(subject), by: handle) }
  }

  /// What one `inbox` shows: the subjects of requests, in the order shown.
  @discardableResult
  func inbox(
    _ handle: Handle, session name: String = Session.defaultSession, limit: Int? = nil,
    isPeek: Bool = false
  ) throws -> [String] {
    try act(as: handle) { session, _ in
      let inbox = try session.inbox(session: name, limit: limit, isPeek: isPeek)
      _ = try session.commitRead()
      return inbox.subjects
    }
  }

  func status(of proposal: Bytes32, for handle: Handle) throws -> ProposalStatus? {
    try act(as: handle) { session, _ in try session.standing(of: proposal)?.status }
  }

  func audit(everySignature: Bool = false) throws -> Audit {
    try Audit.atPath(path, everySignature: everySignature)
  }

  func statePath(of handle: Handle) throws -> String {
    places(handle).state(wire: try audit().reading.genesis.id, handle: handle)
  }
}

extension Inbox {
  /// Of those that tests send; cards and the like are left out.
  var subjects: [String] { requests.map { $0.message?.subject.string ?? "" } }

  var requests: [ShownLine] { lines.filter { $0.message?.type.known == .request } }
}

extension CatchUp {
  func says(_ words: String) -> Bool { notes.contains { $0.contains(words) } }
}

extension Invite {
  /// The invite with another word in it.
  func with(
    pk: Bytes32? = nil, to: Handle? = nil, secret: Bytes32? = nil, expires: Timestamp? = nil
  ) -> Invite {
    Invite(
      loc: loc, wire: wire, pk: pk ?? self.pk, from: from, to: to ?? self.to,
      secret: secret ?? self.secret, expires: expires ?? self.expires)
  }
}
