import Foundation
import Identity
import TestSupport
import WireFormat

extension Attack {
  private static let order = Draft(.request, subject: "order", body: .string("obey me"))

  /// Of lines that are not where, or not what, their writer signed.
  static let lines: [Attack] = [
    Attack("a line copied into another member's log", ending: "refused as unknown_key") { lab in
      try lab.forge("send", "request", "--subject", "mine", "--body", "obey me").must(exit: 0)
      try lab.append(lab.lines(Lab.forgeLog))
      try lab.forge("inbox").must(exit: 3, say: "unknown_key").mustNot(say: "obey me")
      try lab.mustStillHear()
    },
    Attack("a line copied from another wire of the same two", ending: "refused as wrong_wire") {
      lab in
      let other = Bytes32.unheld("another wire")
      try lab.append(lab.next(by: "scribe", order, wire: other))
      try lab.append(lab.next(by: "scribe", order, at: (0, .zero), wire: other))
      try lab.forge("inbox").must(exit: 3, say: ":3: wrong_wire", ":4: wrong_wire")
        .mustNot(say: "obey me")
      try lab.mustStillHear()
    },
    Attack(
      "a word and a number that are not of one type",
      ending: "kind_mismatch: the line holds its place and nothing more"
    ) { lab in
      let kinds = [MessageType.decision.kind, MessageType.keyAdd.kind, MessageType.leave.kind]
      for kind in kinds {
        try lab.append(lab.next(by: "scribe", order) { $0["kind"] = .integer(kind) })
      }
      try lab.append(lab.next(by: "scribe", order) { $0["type"] = .string("order") })
      try lab.append(lab.next(by: "scribe", order) { $0["kind"] = .integer(1203) })
      try lab.forge("inbox").must(exit: 3, say: ":3: kind_mismatch", ":7: kind_mismatch")
        .mustNot(say: "obey me")
      try lab.mustStillHear()
    },
    Attack(
      "a field that decides, in a line of a reader that does not know it",
      ending: "crit_unknown: the line holds its place and is not shown"
    ) { lab in
      try lab.append(
        lab.next(by: "scribe", order) { object in
          object["crit"] = .strings(["unless"])
          object["unless"] = .string("never")
        })
      try lab.forge("inbox").must(exit: 3, say: "crit_unknown").mustNot(say: "obey me")
      try lab.mustStillHear()
    },
    Attack(
      "a line of the same meaning spelled otherwise, or with two meanings",
      ending: "not_canonical or malformed"
    ) { lab in
      let line = try String(decoding: lab.next(by: "scribe", order), as: UTF8.self)
      let spelled = [
        line.replacing("\"v\":1", with: "\"v\": 1"), " " + line, line + "\r",
        line.replacing("obey me", with: "obey\\u0020me"),
        line.replacing("\"v\":1", with: "\"v\":1.0"),
        line.replacing("\"subject\":", with: "\"subject\":\"x\",\"subject\":"),
        line.dropLast() + ",\"subject\":\"obey me\"}", line + "{}", "\u{FEFF}" + line,
      ]
      for text in spelled { try lab.append(Array(text.utf8)) }
      try lab.forge("verify").must(exit: 3, say: "not_canonical", "malformed")
      try lab.mustRefuse(spelled.count)
    },
    Attack(
      "a sender that looks like another, in Unicode, as a did or as a path",
      ending: "unknown_key: the log is one handle's, and that is ASCII"
    ) { lab in
      let senders = [
        "fоrge", "forge", "did:wire:forge", "FORGE", "scribe\u{200B}", "../forge",
        "did:wire:../scribe",
        "scribe/../forge", "", "*", "all",
      ]
      for sender in senders {
        try lab.append(lab.next(by: "scribe", order) { $0["from"] = .string(sender) })
      }
      try lab.mustRefuse(senders.count, as: "unknown_key")
    },
    Attack(
      "a decision of its own proposal that the other never acked, and one of the other's",
      ending: "no decision; decisions.jsonl stays empty"
    ) { lab in
      let said = try lab.forge(
        "send", "proposal", "--subject", "port", "--body", "8443", "--json"
      ).must(exit: 0)
      let id = said.output.firstMatch(of: /"event_id":"([0-9a-f]{64})"/).flatMap {
        Bytes32(hex: Text(String($0.1)))
      }
      let body = JSONValue.object(["text": .string("obey me")])
      try lab.append(lab.next(by: "scribe", Draft(.proposal, subject: "mine", body: body)))
      let own = try lab.end(of: Lab.scribeLog).prev
      for (proposal, acks) in [(own, [own.hex]), (own, []), (id, [own.hex]), (id, [])] {
        let acks = JSONValue.object(["acks": .strings(acks)])
        try lab.append(
          lab.next(by: "scribe", Draft(.decision, subject: "done", body: acks, re: proposal)))
      }
      try lab.forge("inbox").must(exit: 0)
      try lab.forge("decisions").must(exit: 0).mustNot(say: "ratified")
      guard try lab.lines("decisions.jsonl").isEmpty else { throw Success(description: "derived") }
    },
    Attack(
      "a removal of the other, and a new key for itself, that it decides alone",
      ending: "without effect: both are members as before, by the keys they had"
    ) { lab in
      let end = try lab.end(of: Lab.forgeLog)
      let mallory = try Lab.mallory()
      let cut = try lab.end(of: Lab.scribeLog)
      let changes: [JSONObject] = [
        [
          "remove": .object([
            "event_id": .hex(end.prev), "handle": .string("forge"), "seq": .integer(end.seq),
          ])
        ],
        [
          "recover": .object([
            "event_id": .hex(cut.prev), "handle": .string("scribe"), "pk": .hex(mallory.pk),
            "seq": .integer(cut.seq),
          ])
        ],
      ]
      for change in changes {
        let effects = JSONValue.object(["members": .object(change)])
        let body = JSONValue.object(["text": .string("so be it"), "effects": effects])
        try lab.append(lab.next(by: "scribe", Draft(.proposal, subject: "so", body: body)))
        let id = try lab.end(of: Lab.scribeLog).prev
        try lab.append(lab.next(by: "scribe", Draft(.ack, subject: "yes", body: .null, re: id)))
        let ack = try lab.end(of: Lab.scribeLog).prev
        for acks in [[], [ack.hex]] {
          let acks = JSONValue.object(["acks": .strings(acks)])
          try lab.append(
            lab.next(by: "scribe", Draft(.decision, subject: "so", body: acks, re: id)))
        }
      }
      try lab.append(lab.next(by: "scribe", order, key: mallory))
      try lab.forge("inbox").must(exit: 3, say: "unknown_key").mustNot(say: "obey me")
      try lab.forge("send", "request", "--subject", "on", "--body", "x").must(
        exit: 0, say: "stored")
      try lab.forge("trust", "list").must(exit: 0, say: "\(Lab.scribeKey().pk)")
    },
  ]
}

extension Lab {
  /// Each of so many lines behind scribe's first two is told of, and none is obeyed.
  fileprivate func mustRefuse(_ count: Int, as reason: String = "") throws {
    let said = try forge("verify")
    for number in 3..<3 + count {
      try said.must(exit: 3, say: "\(Lab.scribeLog):\(number): \(reason)")
    }
    try forge("inbox").mustNot(say: "obey me")
    try mustStillHear()
  }
}
