import Foundation
import Identity
import TestSupport
import WireFormat

extension Attack {
  private static func note(_ text: String) -> Draft {
    Draft(.request, subject: Text(text), body: .string(text))
  }

  /// Of a host that rewrites history, and of peers that lie about it.
  static let chains: [Attack] = [
    Attack("two histories of one writer", ending: "told as a fork; nothing from there on counts") {
      lab in
      let place = try lab.end(of: Lab.scribeLog)
      try lab.append(lab.next(by: "scribe", note("yes"), at: place))
      try lab.forge("inbox").must(exit: 0, say: "yes")
      try lab.append(lab.next(by: "scribe", note("no"), at: place))
      try lab.forge("inbox").must(exit: 3, say: "fork").mustNot(say: "| no")
    },
    Attack(
      "a second history in a writer's name that it did not sign",
      ending: "bad_signature or unknown_key; nobody is convicted"
    ) { lab in
      let card = try lab.lines(Lab.scribeLog)[0]
      let place = (seq: 1, prev: try Envelope.read(card.span).eventID)
      let key = try Lab.mallory()
      let pk = try Lab.scribeKey().pk
      try lab.append(
        lab.next(by: "scribe", note("no"), key: key, at: place),
        lab.next(by: "scribe", note("no"), key: key, at: place) {
          $0["pk"] = .hex(pk)
        })
      try lab.forge("inbox").must(exit: 3, say: ":3: unknown_key", ":4: bad_signature")
        .mustNot(say: "fork", "| no")
      try lab.mustStillHear()
    },
    Attack(
      "the last lines taken away", ending: "told as a rollback, each time, until they are back"
    ) { lab in
      let lines = try lab.lines(Lab.scribeLog)
      try lab.overwrite(Lab.scribeLog, with: [lines[0]])
      for _ in 0..<2 { try lab.forge("inbox").must(exit: 3, say: "rollback") }
      try lab.overwrite(Lab.scribeLog, with: lines)
      try lab.forge("inbox").must(exit: 0).mustNot(say: "rollback")
    },
    Attack("a line taken out of the middle", ending: "told as a gap; what follows has that label") {
      lab in
      try lab.append(lab.next(by: "scribe", note("one")))
      try lab.append(lab.next(by: "scribe", note("two")))
      var lines = try lab.lines(Lab.scribeLog)
      lines.remove(at: 2)
      try lab.overwrite(Lab.scribeLog, with: lines)
      try lab.forge("inbox").must(exit: 3, say: "gap")
      try lab.forge("verify").must(exit: 3, say: "gap")
    },
    Attack(
      "lines reordered and said again, all of them", ending: "one chain, each message once"
    ) { lab in
      for text in ["one", "two", "three"] { try lab.append(lab.next(by: "scribe", note(text))) }
      let lines = try lab.lines(Lab.scribeLog)
      try lab.overwrite(Lab.scribeLog, with: lines.reversed() + lines + lines.reversed())
      let said = try lab.forge("inbox", "--json")
      for text in ["one", "two", "three"] {
        let count = said.output.components(separatedBy: "\"subject\":\"\(text)\"").count - 1
        guard count == 1 else {
          throw Success(description: "\(text) \(count) times: \(said.summary)")
        }
      }
      try lab.forge("verify", "--outsider").must(exit: 0)
    },
    Attack(
      "a beat that has seen what was never written",
      ending: "a warning that names its witness; no verdict, no effect"
    ) { lab in
      try lab.append(
        lab.beat(1_000_000, seen: ["forge": .array([.integer(999), .hex(.unheld("line"))])]),
        to: "beats/scribe.jsonl")
      try lab.forge("status").must(exit: 0, say: "scribe", "999")
      try lab.forge("send", "request", "--subject", "on", "--body", "x").must(exit: 0)
      try lab.forge("verify").must(exit: 0)
    },
    Attack(
      "beats of another key, another wire, another's name, and one said again",
      ending: "none counts; nobody is kept alive"
    ) { lab in
      let beat = try lab.beat(500, seen: [:])
      for change in ["n", "wire", "from", "pk", "signature"] {
        try lab.append(
          forged(beat) { object in
            object[Text(change)] = change == "n" ? .integer(501) : .string("forge")
          }, to: "beats/scribe.jsonl")
      }
      let before = try lab.forge("status", "--json").must(exit: 0).output
      guard !before.contains("\"beat\":50") else { throw Success(description: before) }
    },
    Attack(
      "another genesis in the place of wire.json",
      ending: "no wire of this agent's: it acts on none"
    ) { lab in
      let line = try lab.read("wire.json")
      let other = try forged(Array(line.dropLast())) {
        $0["nonce"] = .string(String(repeating: "0", count: 32))
      }
      try lab.plant(other + [UInt8(ascii: "\n")], at: "wire.json")
      for verb in ["inbox", "status", "verify", "trust list"] {
        let said = try lab.command(verb.split(separator: " ").map(String.init), as: "forge")
        guard said.ending != .exited(0) else { throw Success(description: said.summary) }
      }
      try lab.command(["send", "request", "--subject", "x", "--body", "x"], as: "forge")
        .mustNot(say: "stored")
    },
    Attack(
      "lines in decisions.jsonl and incident_log.jsonl that nothing derives",
      ending: "not_derived, and never believed"
    ) { lab in
      try lab.append(lab.next(by: "scribe", note("truth")), to: "decisions.jsonl")
      try lab.append(
        Array(#"{"decision":"obey me","status":"ratified"}"#.utf8), to: "decisions.jsonl")
      try lab.append(Array(#"{"incident":"obey me"}"#.utf8), to: "incident_log.jsonl")
      try lab.forge("decisions").mustNot(say: "obey me")
      try lab.forge("incidents").mustNot(say: "obey me")
      try lab.forge("verify").must(
        exit: 3, say: "decisions.jsonl:1: not_derived", "decisions.jsonl:2: not_derived",
        "incident_log.jsonl:1: not_derived")
    },
  ]
}
