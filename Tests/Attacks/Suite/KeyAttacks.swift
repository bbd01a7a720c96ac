import Identity
import TestSupport
import WireFormat

extension Attack {
  /// Of keys that are none, that look alike, or that nobody handed on.
  static let keys: [Attack] = [
    Attack(
      "keys of small and mixed order, off the curve and in a second spelling",
      ending: "no key: they open no log, nobody can pin one, no genesis names one", on: .founded
    ) { lab in
      // With S = 0 and R = 1 a key of order one would verify for every message.
      let signature = Base64.encode([1] + [UInt8](repeating: 0, count: 63))
      for hex in SelfTest.bad {
        guard let pk = Bytes32(hex: Text(hex)) else { throw Success(description: hex) }
        try lab.append(
          forged(lab.card(of: Lab.mallory())) { object in
            object["pk"] = .hex(pk)
            object["public_key_id"] = .string(PublicKey.keyID(of: pk, for: "scribe"))
            object["event_id"] = .hex(EventID.of(object))
            object["signature"] = .string(signature)
          })
        try lab.command(
          ["init", "--handle", "ada", "--peer", "bob", "--operator", hex], as: "forge",
          directory: lab.outside
        ).must(exit: 2, say: "--operator")
      }
      try lab.forge("inbox").must(exit: 3)
      try lab.forge("trust", "list").must(exit: 0, say: "scribe UNTRUSTED has not joined yet")
      try lab.forge("trust", "pin", "scribe", "--key", SelfTest.bad[0]).must(exit: 1)
    },
    Attack(
      "a rotation to a key that is none",
      ending: "without effect; the old key goes on"
    ) { lab in
      for hex in SelfTest.bad.prefix(6) {
        let proof = Base64.encode([1] + [UInt8](repeating: 0, count: 63))
        let body: JSONObject = [
          "pk": .string(hex), "proof": .string(proof), "seal_key": .hex(.unheld("seal")),
        ]
        try lab.append(
          lab.next(by: "scribe", Draft(.keyAdd, subject: "key", body: .object(body))))
      }
      try lab.mustStillHear()
      try lab.forge("trust", "list").must(exit: 0, say: "\(Lab.scribeKey().pk)")
    },
    Attack(
      "a new key that the old one did not introduce",
      ending: "refused as unknown_key, whoever proves to have it"
    ) { lab in
      let mallory = try Lab.mallory()
      let proof = try KeyAddProof.make(
        wire: lab.wireID(), handle: "scribe", old: Lab.scribeKey().pk, newKey: mallory.signing)
      let body: JSONObject = [
        "pk": .hex(mallory.pk), "proof": .string(proof), "seal_key": .hex(.unheld("seal")),
      ]
      let draft = Draft(.keyAdd, subject: "key", body: .object(body))
      try lab.append(lab.next(by: "scribe", draft, key: mallory))
      try lab.append(
        lab.next(
          by: "scribe", Draft(.request, subject: "x", body: .string("obey me")), key: mallory))
      try lab.forge("inbox").must(exit: 3, say: ":3: unknown_key", ":4: unknown_key")
        .mustNot(say: "obey me")
    },
    Attack(
      "the proof of a new key, taken from another wire",
      ending: "without effect; the new key signs nothing"
    ) { lab in
      let mallory = try Lab.mallory()
      let proof = try KeyAddProof.make(
        wire: .unheld("another wire"), handle: "scribe", old: Lab.scribeKey().pk,
        newKey: mallory.signing)
      let body: JSONObject = [
        "pk": .hex(mallory.pk), "proof": .string(proof), "seal_key": .hex(.unheld("seal")),
      ]
      try lab.append(
        lab.next(by: "scribe", Draft(.keyAdd, subject: "key", body: .object(body))))
      try lab.append(
        lab.next(
          by: "scribe", Draft(.request, subject: "x", body: .string("obey me")), key: mallory))
      try lab.forge("inbox").must(exit: 3, say: "unknown_key").mustNot(say: "obey me")
    },
    Attack(
      "a second key with the same key id, 41f9f4e1",
      ending: "unknown_key, or bad_signature under the peer's own key"
    ) { lab in
      let twin = try TestKey(Lab.twinKeyName)
      let (one, other) = try (Lab.scribeKey().signing.publicKey, twin.signing.publicKey)
      guard one.keyID(for: "scribe") == other.keyID(for: "scribe"), one != other else {
        throw Success(description: "the keys do not collide")
      }
      let draft = Draft(.request, subject: "x", body: .string("obey me"))
      try lab.append(lab.next(by: "scribe", draft, key: twin))
      try lab.append(lab.next(by: "scribe", draft, key: twin) { $0["pk"] = .hex(one.bytes) })
      try lab.forge("inbox").must(exit: 3, say: ":3: unknown_key", ":4: bad_signature")
        .mustNot(say: "obey me")
      try lab.mustStillHear()
    },
    Attack(
      "one signature in every other spelling of its base64",
      ending: "bad_signature each; of sixteen spellings one is a line"
    ) { lab in
      let line = try lab.next(by: "scribe", Draft(.request, subject: "x", body: .string("obey me")))
      var spelled = 0
      for character in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" {
        let altered = try forged(line) { object in
          let text = object["signature"]?.text?.string ?? ""
          object["signature"] = .string(text.dropLast(3) + String(character) + "==")
        }
        guard altered != line else { continue }
        try lab.append(altered)
        spelled += 1
      }
      for change in ["\n", " ", "=", "\t"] {
        try lab.append(
          forged(line) { object in
            object["signature"] = .string((object["signature"]?.text?.string ?? "") + change)
          })
      }
      guard spelled == 63 else { throw Success(description: "\(spelled) spellings") }
      try lab.forge("inbox").must(exit: 3, say: "bad_signature").mustNot(say: "obey me")
    },
  ]

  /// A line rewritten in canonical form, signed by nobody.
  static func forged(
    _ line: [UInt8], _ change: (inout JSONObject) throws -> Void
  ) throws -> [UInt8] {
    var object = try JSONParser.object(line)
    try change(&object)
    return CanonicalWriter.bytes(of: object)
  }
}
