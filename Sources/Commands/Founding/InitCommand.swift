import DeadDropKit
import Host
import Identity
import Protocol
import WireFormat

/// `deaddrop init`: founds a wire and prints the line for each peer.
enum InitCommand: Command {
  static let name = "init"
  private static let tableByteLimit = 1 << 20

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Found a wire and invite its peers",
      arguments: [.manyOrNone("handles", "with --local: the founder, then its peers")],
      options: [
        .value("handle", "HANDLE", "this agent's name"),
        .values("peer", "HANDLE", "an agent to invite; several make a group"),
        .value("tiers", "FILE", "heartbeat tiers, in the shape of tiers.json"),
        .value("domains", "FILE", "{name: {owner, paths}}: who decides where alone"),
        .value("operator", "HEX", "public key without which nobody lifts what stops the wire"),
        .value("group", "GROUP", "let the accounts of this group of the machine share the wire"),
        .flag("adopt", "take over the logs of older tools that are there, as they are"),
        .flag("local", "make all agents here: they are one person's on one machine"),
      ],
      notes: [
        "Makes the directory _coordination here, or in the main git work tree, or where --dir says.\n"
          + "Give each printed line to its peer alone: it is good once, for 24 hours.",
        "With --adopt the lines that are there become history: shown, proven by nothing, without\n"
          + "effect. No byte of them changes, but for an LF where the last line lacks one. Nobody may write\n"
          + "there meanwhile. Given again after an interruption, it goes on.",
        "With --group the directory is the group's, 3770, and files are 0640 whatever the umask: each\n"
          + "account writes its own log, reads the others', and removes none of theirs. GROUP is a name of\n"
          + "/etc/group or a number.",
        "Agents under one account are told apart by honesty, not by cryptography.",
      ],
      examples: [
        "deaddrop init --handle forge --peer scribe", "deaddrop init --local forge scribe",
        "deaddrop init --adopt --handle forge --peer scribe",
      ])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let members = try members(invocation)
    let directory = try CommandFailure.lifting { () throws(KitError) in
      try WireLocation.forNew(explicit: invocation.directory)
    }
    let tiers = try tiers(invocation)
    var request = Founding.Request(
      directory: directory, founder: members[0], peers: Array(members.dropFirst()),
      domains: try domains(invocation, members), tiers: tiers.tiers,
      isLocal: invocation.flag("local"), isAdoption: invocation.flag("adopt"))
    request.idleCycles = tiers.idleCycles
    request.operatorKey = try operatorKey(invocation)
    request.group = try group(invocation)
    let outcome = try CommandFailure.lifting { () throws(KitError) in
      try Founding.found(request)
    }
    return report(outcome, request, group: invocation.optionalText("group"))
  }

  private static func members(_ invocation: Invocation) throws(CommandFailure) -> [Handle] {
    var members = try invocation.handles("handles")
    if invocation.flag("local") {
      guard members.count >= 2 else {
        throw .usage("init --local needs two handles", hint: "deaddrop init --local forge scribe")
      }
    } else {
      guard members.isEmpty, let founder = try invocation.handle("handle") else {
        throw .usage(
          "init needs --handle and --peer", hint: "deaddrop init --handle forge --peer scribe")
      }
      members = [founder] + (try invocation.handles("peer"))
    }
    guard members.count >= 2 else {
      throw .usage("a wire needs a peer", hint: "deaddrop init --handle forge --peer scribe")
    }
    guard Set(members).count == members.count else { throw .usage("a handle is given twice") }
    guard members.count <= 16 else { throw .usage("a wire has at most 16 members") }
    return members
  }

  private static func group(_ invocation: Invocation) throws(CommandFailure) -> UInt32? {
    guard let name = invocation.optionalText("group") else { return nil }
    if invocation.flag("adopt") {
      throw .usage("--adopt changes no permissions: make the directory 3770 first, without --group")
    }
    let found: UInt32?
    do { found = try AccountGroup.number(of: name) } catch { throw CommandFailure(error) }
    guard let found else {
      throw .usage(
        "\"\(name)\" is no group of /etc/group",
        hint: ShellWord.line(["getent", "group", name]) + ", and give its number")
    }
    return found
  }

  private static func operatorKey(
    _ invocation: Invocation
  ) throws(CommandFailure) -> Bytes32? {
    guard let hex = invocation.optionalText("operator") else { return nil }
    guard let pk = Bytes32(hex: Text(hex)), (try? PublicKey(checking: pk)) != nil else {
      throw .usage("--operator is an Ed25519 public key, 64 lower-case hex digits")
    }
    return pk
  }

  private static func tiers(
    _ invocation: Invocation
  ) throws(CommandFailure) -> TiersFile.Content {
    guard let file = invocation.optionalText("tiers") else {
      return TiersFile.Content(tiers: TiersFile.standard)
    }
    let bytes = try NamedFile.read(file, limit: tableByteLimit)
    return try CommandFailure.lifting { () throws(KitError) in
      try TiersFile.read(bytes, from: file)
    }
  }

  private static func domains(
    _ invocation: Invocation, _ members: [Handle]
  ) throws(CommandFailure) -> [Text: Domain] {
    guard let file = invocation.optionalText("domains") else { return [:] }
    let bytes = try NamedFile.read(file, limit: tableByteLimit)
    return try CommandFailure.lifting { () throws(KitError) in
      try DomainsFile.read(bytes, from: file, members: members)
    }
  }

  private static func report(
    _ outcome: Founding.Outcome, _ request: Founding.Request, group: String?
  ) -> Report {
    var lines: [Line] = ["wire \(outcome.wire.hex) in \(outcome.path)"]
    lines += outcome.invites.map { Line(ShellWord.deaddrop("join", $0.text)) }
    var report = Report(
      lines,
      json: [
        "wire": .string(outcome.wire.hex), "path": .string(outcome.path),
        "founder": .string(request.founder.name),
        "invites": .array(outcome.invites.map { .object($0.report) }),
      ])
    for (name, legacy) in outcome.legacy.sorted(by: { $0.key < $1.key }) {
      report.note("\(name): \(legacy.byteCount) bytes are taken over as history")
    }
    if let group { report.note("the accounts of group \(group) share it") }
    if outcome.isExcludedFromGit { report.note("git does not see it: .git/info/exclude") }
    for invite in outcome.invites {
      report.note(
        "give the line of \(invite.to) to \(invite.to) alone, before \(invite.expires.string)")
    }
    return report
  }
}

extension Invite {
  /// The object that `--json` prints for an invite.
  var report: JSONObject {
    [
      "handle": .string(to.name), "invite": .string(text), "expires": .string(expires.string),
    ]
  }
}
