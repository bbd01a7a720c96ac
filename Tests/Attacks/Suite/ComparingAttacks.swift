import Identity
import TestSupport
import WireFormat

extension Attack {
  /// Of who sits between two people that compare codes, and of a thief whose key was revoked.
  static let comparing: [Attack] = [
    Attack(
      "the code of another ceremony, typed in good faith",
      ending: "refused; it says how many tries are left, and the third locks", on: .strangers
    ) { lab in
      _ = try lab.forge("trust", "sas", "start", "scribe")
      try answer(lab)
      try lab.forge("trust", "sas", "show", "scribe").must(exit: 0)
      for words in ["2 tries left", "1 try left", "locked"] {
        try lab.forge("trust", "sas", "confirm", "scribe", "1000 1000 1000").must(
          exit: 1, say: words)
      }
      try lab.forge("trust", "list").must(exit: 0, say: "scribe UNTRUSTED")
    },
    Attack(
      "a thousand steps of comparisons that nobody asked for",
      ending: "no code, no lock, no try lost, no tier", on: .strangers
    ) { lab in
      for number in 0..<1000 {
        let type = [MessageType.sasStart, .sasNonce, .sasOpen][number % 3]
        let value = type == .sasStart ? "commitment" : "nonce" as Text
        let body: JSONObject = [
          "ceremony": .string("\(number / 3)"), value: .hex(.unheld("\(number)")),
        ]
        try lab.append(
          lab.next(
            by: "scribe",
            Draft(type, subject: "sas", body: .object(body), to: .handles(["forge"]))))
      }
      try lab.forge("inbox").must(exit: 0).mustNot(say: "locked", "obey me")
      _ = try lab.forge("trust", "sas", "start", "scribe")
      try lab.forge("trust", "sas", "confirm", "scribe", "1000 1000 1000").mustNot(say: "locked")
      try lab.forge("trust", "list").must(exit: 0, say: "scribe UNTRUSTED")
    },
    Attack(
      "a thief who goes on with a revoked key, and hands it on to a new one",
      ending: "nothing behind the cut is shown, and no key of it is believed", on: .revoked
    ) { lab in
      let mallory = try Lab.mallory()
      let proof = try KeyAddProof.make(
        wire: lab.wireID(), handle: "scribe", old: Lab.scribeKey().pk, newKey: mallory.signing)
      let body: JSONObject = [
        "pk": .hex(mallory.pk), "proof": .string(proof), "seal_key": .hex(.unheld("seal")),
      ]
      try lab.append(
        lab.next(by: "scribe", Draft(.request, subject: "x", body: .string("obey me"))))
      try lab.append(lab.next(by: "scribe", Draft(.keyAdd, subject: "key", body: .object(body))))
      let place = try lab.end(of: Lab.scribeLog)
      try lab.append(lab.card(of: mallory, at: place))
      let card = try lab.lines(Lab.scribeLog).last ?? []
      try lab.append(
        lab.next(
          by: "scribe", Draft(.request, subject: "x", body: .string("obey me")), key: mallory,
          at: (place.seq + 1, Envelope.read(card.span).eventID)))
      try lab.forge("inbox").must(exit: 0, say: "by your revocation").mustNot(say: "obey me")
      try lab.forge("log").must(exit: 0).mustNot(say: "obey me")
    },
  ]

  /// Scribe's step in answer to forge's start, as its command makes it.
  private static func answer(_ lab: Lab) throws {
    let start = try JSONParser.object(lab.lines(Lab.forgeLog).last ?? [])
    let ceremony = start["body"]?.members?["ceremony"]?.text ?? ""
    let body: JSONObject = [
      "ceremony": .string(ceremony), "nonce": .hex(.unheld("nonce of mallory")),
    ]
    try lab.append(
      lab.next(
        by: "scribe",
        Draft(
          .sasNonce, subject: "sas", body: .object(body), to: .handles(["forge"]),
          re: start["event_id"]?.text.flatMap(Bytes32.init(hex:)))))
  }
}
