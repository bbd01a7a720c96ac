import Identity
import TestSupport
import WireFormat

extension Attack {
  private static let order = Draft(.request, subject: "order", body: .null)

  /// Of keys that open for everybody, and of sealed lines that are not what they were.
  static let sealing: [Attack] = [
    Attack(
      "a card with a sealing key of small order",
      ending: "nothing is sealed to it, and nothing is sent in its place"
    ) { lab in
      let orders = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      ]
      for key in orders {
        guard let sealKey = Bytes32(hex: Text(key)) else { throw Success(description: key) }
        try lab.append(
          lab.card(of: Lab.scribeKey(), at: lab.end(of: Lab.scribeLog), sealKey: sealKey))
        let before = try lab.lines(Lab.forgeLog).count
        let said = try lab.forge(
          "send", "request", "--seal", "--to", "scribe", "--subject", "x", "--body", "secret")
        try said.mustNot(say: "stored")
        guard said.errors.contains("small order"), try lab.lines(Lab.forgeLog).count == before
        else {
          throw Success(description: said.summary)
        }
      }
    },
    Attack(
      "two readers of one message who are shown different texts",
      ending: "the commitment takes one key; who got the other is told"
    ) { lab in
      try lab.append(sealed(lab) { enc, other in enc["keys"] = other["keys"] })
      try lab.forge("inbox").must(exit: 0, say: "sealed", "another key").mustNot(say: "obey me")
    },
    Attack(
      "a ciphertext cut, reordered or lengthened by its own signer",
      ending: "shown as sealed, with the reason; the next line is read"
    ) { lab in
      let changes: [@Sendable ([UInt8]) -> [UInt8]] = [
        { Array($0.dropLast()) }, { Array($0.dropLast(256)) }, { $0 + $0.prefix(256) },
        { Array($0.reversed()) }, { Array($0.suffix(256) + $0.dropLast(256)) }, { _ in [] },
        { [$0[0] ^ 1] + $0.dropFirst() }, { $0 + [0] },
      ]
      for change in changes {
        try lab.append(
          sealed(lab) { enc, _ in
            let bytes = enc["ct"]?.text.flatMap { Base64.decode($0) } ?? []
            enc["ct"] = .string(Base64.encode(change(bytes)))
          })
      }
      let said = try lab.forge("inbox").must(exit: 0).mustNot(say: "obey me")
      let count = said.output.split(separator: "\n").count { $0.hasPrefix("  (sealed: ") }
      guard count == changes.count else { throw Success(description: said.summary) }
      try lab.mustStillHear()
    },
    Attack(
      "a seal moved into another message of the same two",
      ending: "it opens in none but its own"
    ) { lab in
      let line = try sealed(lab) { _, _ in }
      try lab.append(line)
      try lab.forge("inbox").must(exit: 0, say: "| obey me")
      let enc = try JSONParser.object(line)["enc"]
      try lab.append(
        lab.next(by: "scribe", order) { object in
          object["body"] = nil
          object["crit"] = .strings(["enc"])
          object["enc"] = enc
          object["subject"] = .string("another")
        })
      try lab.forge("inbox").must(exit: 0, say: "another", "(sealed: ").mustNot(say: "obey me")
    },
  ]

  /// A line of scribe's, sealed to both and then changed; the second `enc` is of another seal.
  private static func sealed(
    _ lab: Lab, _ change: (inout JSONObject, JSONObject) throws -> Void
  ) throws -> [UInt8] {
    let readers: [Handle: SealingPublicKey] = [
      "forge": try lab.sealingKey(of: Lab.forgeLog),
      "scribe": try lab.sealingKey(of: Lab.scribeLog),
    ]
    let text = String(repeating: "obey me ", count: 200)
    return try lab.next(by: "scribe", order) { object in
      object["body"] = nil
      object["crit"] = .strings(["enc"])
      let other = try SealedBody.seal(.string(text), into: object, for: readers)
      object = try SealedBody.seal(.string(text), into: object, for: readers)
      var enc = object["enc"]?.members ?? [:]
      try change(&enc, other["enc"]?.members ?? [:])
      object["enc"] = .object(enc)
    }
  }
}
