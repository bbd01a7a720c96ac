import DeadDropKit
import Protocol
import Wire
import WireFormat

/// `deaddrop members`: who may write here, and why each is believed.
enum MembersCommand: Command {
  static let name = "members"
  private static let keyDigits = 16

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Show the members, their keys, and how each was verified",
      notes: [
        "Members that left or were removed are shown as such. A beat's time is by its writer's clock."
      ],
      examples: ["deaddrop members"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    try invocation.withCaughtUpSession { (session: inout Session) throws(CommandFailure) in
      let members = try CommandFailure.lifting { () throws(KitError) in try session.members() }
      var (heads, details) = (Table(), Table())
      for member in members {
        heads.add(
          Line(member.handle.name, .strong), "\(member.tier) \(grounds(member, session.handle))",
          "\(standing(member)) \(origin(member))")
        add(member, to: &details)
      }
      var report = Report()
      for (index, member) in members.enumerated() {
        report.answer([heads.lines[index], details.lines[index]], json: json(member))
      }
      return report
    }
  }

  private static func add(_ member: MemberStanding, to table: inout Table) {
    let key = member.pk.map { "key \($0.hex.prefix(keyDigits))" } ?? "no key yet"
    let beat = member.beat.map {
      "beat \($0.n) at \(String($0.message.timestamp.string.prefix(19)))Z"
    }
    table.add("  \(member.log)", Line(key), Line(beat ?? "no beat"))
  }

  /// A key that was once believed, and is no more, has been revoked.
  private static func grounds(_ member: MemberStanding, _ own: Handle) -> String {
    guard let pin = member.pin else { return "" }
    return member.tier == TrustStore.Tier.untrusted.rawValue ? "revoked" : pin.words(to: own)
  }

  private static func standing(_ member: MemberStanding) -> String {
    switch member.ending {
    case .left: "left"
    case .removed(let id): "removed by \(id.hex.prefix(MessageView.shownDigits))"
    case nil: member.lineCount == 0 ? "not joined" : "active"
    }
  }

  private static func origin(_ member: MemberStanding) -> String {
    switch member.origin {
    case .genesis: "since the start"
    case .decision(let id): "since \(id.hex.prefix(MessageView.shownDigits))"
    }
  }

  private static func json(_ member: MemberStanding) -> JSONObject {
    let word =
      switch member.ending {
      case .left: "left"
      case .removed: "removed"
      case nil: member.lineCount == 0 ? "not_joined" : "active"
      }
    var object: JSONObject = [
      "handle": .string(member.handle.name), "log": .string(member.log),
      "pk": member.pk.map { .string($0.hex) }, "tier": .string(member.tier),
      "how": member.pin.map { .string($0.means.rawValue) },
      "by": member.pin?.by.map { .string($0.name) }, "state": .string(word),
      "lines": .integer(member.lineCount),
      "last_beat": member.beat.map { .string($0.message.timestamp.string) },
    ]
    if case .decision(let id) = member.origin { object["since"] = .string(id.hex) }
    if case .removed(let id) = member.ending { object["removed_by"] = .string(id.hex) }
    return object
  }
}

extension TrustStore.Pin {
  /// How a key came to be believed, as people at this agent read it.
  func words(to own: Handle) -> String {
    switch means {
    case .invite: "by invite"
    case .local: "made here"
    case .introduction where by == own: "by own proposal"
    case .introduction: by.map { "introduced by \($0)" } ?? "introduced"
    case .rotation: "by its old key"
    case .sas: "by comparing codes"
    case .operatorPin: "by the operator"
    }
  }
}
