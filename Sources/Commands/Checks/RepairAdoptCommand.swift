import DeadDropKit
import Wire
import WireFormat

/// `deaddrop repair adopt`: go on from the end of the own log after private state was lost.
enum RepairAdoptCommand: Command {
  static let name = "repair adopt"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Take up this agent's log again after its private state was lost",
      notes: [
        "Refuses unless the log is whole, by the key that is here, and no beat, of a peer\n"
          + "or its own, names more of it than it shows. Changes private state only.",
        "Never use it where the same agent may still be writing from another machine: both would\n"
          + "sign the same place, and everybody could prove it.",
        "Trust in peers and how far they were read are not brought back.",
      ],
      examples: ["deaddrop repair adopt --as scribe"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let outcome = try CommandFailure.lifting { () throws(KitError) in
      try Repair.adopt(directory: invocation.directory, as: invocation.handle)
    }
    let isNew = outcome.known != outcome.head.seq
    let known = outcome.known.map { "line \($0)" } ?? "nothing"
    var report = Report(
      [
        isNew
          ? "\(outcome.handle, .strong) goes on after line \(outcome.head.seq) of \(outcome.log)"
          : "nothing to adopt: \(outcome.log) ends where this agent left it"
      ],
      json: [
        "handle": .string(outcome.handle.name), "log": .string(outcome.log),
        "seq": .integer(outcome.head.seq), "event_id": .string(outcome.head.eventID.hex),
        "known": outcome.known.map { .integer($0) } ?? .null,
        "witnesses": .strings(outcome.witnesses.map(\.name)),
      ])
    if isNew {
      report.note("the private state knew \(known) of it")
      if outcome.witnesses.isEmpty {
        report.warn("no peer has said what it has seen of it: nothing to compare with")
      }
    }
    for path in outcome.putAside {
      report.warn("\(path): could not be read and is put aside; what it remembered is forgotten")
    }
    return report
  }
}
