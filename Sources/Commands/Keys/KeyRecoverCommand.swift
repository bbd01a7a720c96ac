import DeadDropKit
import Identity
import Wire
import WireFormat

/// `deaddrop key recover`: prepares, or proposes, that a chain goes on behind a cut.
enum KeyRecoverCommand: Command {
  static let name = "key recover"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Let a chain go on with a new key after a fork or a stolen key",
      arguments: [.oneOrNone("member", "of another member: propose what it has prepared")],
      options: [
        .value(
          "cut", "SEQ", "the last line of the chain that stands, by its seq: see doctor",
          isRequired: true),
        .value("id", "ID", "of another member: the event_id of that line"),
        .value("key", "HEX", "of another member: its new public key, 64 hex digits"),
        .value("body", "TEXT", "of another member: why"),
      ],
      notes: [
        "Without MEMBER it makes the new key of this agent, signs nothing, and prints the command for the\n"
          + "other members. Give it to one of them over a way on which nobody can change it: whoever agrees,\n"
          + "agrees to that key. What stands behind the cut will not count.",
        "All other members must agree; a wire of two needs its operator: deaddrop ratify. Then whatever\n"
          + "this agent does next goes on behind the cut.",
      ],
      examples: ["deaddrop key recover --cut 17"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    guard let cut = try invocation.integer("cut", in: 1...) else {
      throw .usage("--cut is missing")
    }
    if let member = try invocation.handle("member") {
      return try propose(member, cut, invocation)
    }
    if let option = ["id", "key", "body"].first(where: { invocation.flag($0) }) {
      throw .usage("--\(option) goes with a member")
    }
    return try invocation.withCaughtUpSession(isReader: false) {
      (session: inout Session) throws(CommandFailure) in
      try CommandFailure.lifting { () throws(KitError) in
        let plan = try session.prepareRecovery(cut: cut)
        return report(plan)
      }
    }
  }

  private static func report(_ plan: Session.RecoveryPlan) -> Report {
    let command = ShellWord.deaddrop(
      "key", "recover", plan.handle.name, "--cut", String(plan.cut.seq), "--id",
      plan.cut.eventID.hex, "--key", plan.pk.hex)
    let effects: JSONObject = ["members": .object(["recover": .array([.object(plan.entry)])])]
    var report = Report(
      [Line(command)],
      json: ["command": .string(command), "effects": .object(effects), "pk": .hex(plan.pk)])
    report.note(
      "for another member, who proposes it; until it is decided, \(plan.handle) signs nothing new "
        + "with that key")
    return report
  }

  private static func propose(
    _ member: Handle, _ cut: Int, _ invocation: Invocation
  ) throws(CommandFailure) -> Report {
    guard let id = Bytes32(hex: try invocation.text("id")) else {
      throw .usage("--id is the whole event_id, 64 lower-case hex digits")
    }
    guard let pk = Bytes32(hex: try invocation.text("key")) else {
      throw .usage("--key is 64 lower-case hex digits")
    }
    let plan = Session.RecoveryPlan(handle: member, cut: Head(seq: cut, eventID: id), pk: pk)
    let words = invocation.optionalText("body") ?? "Let \(member) go on behind line \(cut)."
    return try invocation.withCaughtUpSession(isReader: false) {
      (session: inout Session) throws(CommandFailure) in
      try CommandFailure.lifting { () throws(KitError) in
        let receipt = try session.propose(recovering: plan, because: Text(words))
        return receipt.report(settlingIn: &session) { (session, report) throws(KitError) in
          let waiting = try session.standing(of: receipt.eventID)?.missing ?? []
          report.note(
            waiting.isEmpty
              ? "only the operator can ratify it: "
                + ShellWord.deaddrop(
                  "ratify", String(receipt.eventID.hex.prefix(MessageView.shownDigits)),
                  "--operator-key", "FILE")
              : "proposed to \(waiting.map(\.name).joined(separator: ", "))")
        }
      }
    }
  }
}
