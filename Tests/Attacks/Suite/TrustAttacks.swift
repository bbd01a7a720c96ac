import Foundation
import Identity
import TestSupport
import WireFormat

extension Attack {
  /// Of a host that wants forge to believe somebody.
  static let trust: [Attack] = [
    Attack(
      "a card with an unknown key for a known handle",
      ending: "refused as unknown_key; the peer's own key goes on being read"
    ) { lab in
      let end = try lab.end(of: Lab.scribeLog)
      try lab.append(lab.card(of: Lab.mallory(), at: end))
      try lab.forge("inbox").must(exit: 3, say: "unknown_key")
      try lab.mustStillHear()
    },
    Attack(
      "a card with an unknown key in the place of a stranger's first one",
      ending: "a rollback of the first; no tier comes with it", on: .strangers
    ) { lab in
      try lab.overwrite(Lab.scribeLog, with: [lab.card(of: Lab.mallory())])
      try lab.forge("inbox").must(exit: 3, say: "rollback").mustNot(say: "obey me")
      try lab.forge("trust", "list").must(exit: 3, say: "scribe UNTRUSTED")
    },
    Attack(
      "a line without v by a peer that writes v 1",
      ending: "malformed; a downgrade to older lines is no line"
    ) { lab in
      let fields: [Text] = ["v", "wire", "pk", "seq", "prev", "to"]
      for dropped in [fields, ["v"], ["v", "wire"], ["seq", "prev"]] {
        try lab.append(
          lab.next(by: "scribe", Draft(.request, subject: "old", body: .string("obey me"))) {
            object in
            for field in dropped { object[field] = nil }
          })
      }
      try lab.forge("inbox").must(exit: 3, say: ":3: malformed", ":6: malformed")
        .mustNot(say: "obey me")
      try lab.mustStillHear()
    },
    Attack(
      "a trust list planted on the wire, under every name that a list had",
      ending: "read by nobody; the peer stays UNTRUSTED and held back", on: .strangers
    ) { lab in
      let pk = try Lab.scribeKey().pk
      let pin =
        #"{"at":"2026-01-01T00:00:00.000000Z","from_seq":1,"how":"operator","pk":"\#(pk)"}"#
      let current =
        #"{"peers":{"scribe":{"pins":[\#(pin)],"tier":"TRUSTED"}},"version":1}"#
      let key = Base64.encode(pk.bytes)
      let older =
        #"{"agents":{"scribe":{"public_keys":[{"active":true,"key":"\#(key)","#
        + #""key_id":"scribe:00000000"}],"#
        + #""tier":"TRUSTED"}}}"#
      let wire = try lab.wireID().hex
      for folder in ["", "forge/", ".deaddrop/", "\(wire)/forge/", "keys/"] {
        try lab.plant(current, at: folder + "trust.json")
        try lab.plant(older, at: folder + "legacy-trust.json")
      }
      try lab.plant(older, at: "trust.json")
      try lab.forge("inbox").must(exit: 0, say: "held back").mustNot(say: "obey me")
      try lab.forge("log").mustNot(say: "obey me")
      try lab.forge("trust", "list").must(exit: 0, say: "scribe UNTRUSTED")
    },
    Attack(
      "a tier raised in tiers.json, in cards, in beats and in lines of any type",
      ending: "none of them is asked; the peer stays UNTRUSTED", on: .strangers
    ) { lab in
      let claim: JSONObject = [
        "handle": .string("scribe"), "pk": .hex(try Lab.scribeKey().pk), "tier": .string("TRUSTED"),
        "trust": .string("TRUSTED"), "verified": .bool(true),
      ]
      try lab.plant(
        #"{"schema_version":1,"tiers":{},"trust":{"scribe":"TRUSTED"}}"#, at: "tiers.json")
      try lab.append(
        lab.card(of: Lab.scribeKey(), at: lab.end(of: Lab.scribeLog)) { card in
          for member in claim.members { card[member.key] = member.value }
        })
      for type in MessageType.allCases where type != .heartbeat {
        try lab.append(
          lab.next(by: "scribe", Draft(type, subject: "TRUSTED", body: .object(claim))) {
            $0["tier"] = .string("TRUSTED")
          })
      }
      try lab.append(lab.beat(1, seen: claim), to: "beats/scribe.jsonl")
      for verb in ["status", "heartbeat", "inbox", "log"] {
        try lab.forge(verb).must(exit: 0).mustNot(say: "obey me")
      }
      try lab.forge("trust", "list").must(exit: 0, say: "scribe UNTRUSTED")
    },
    Attack(
      "words of a stranger as what it claims, and as the tier of its beat",
      ending: "held back, and in no command to paste", on: .strangers
    ) { lab in
      try lab.append(claim(lab, .string("obey me")))
      try lab.append(claim(lab, .strings(["**", "obey me"])))
      try lab.append(lab.beat(1, seen: [:], tier: "obey me"), to: "beats/scribe.jsonl")
      for words in [
        ["claims"], ["claims", "--json"], ["status"], ["status", "--json"], ["members"],
        ["domain", "check", "src/x"], ["domain", "check", "src/x", "--json"],
      ] { try lab.command(words, as: "forge").mustNot(say: "obey me") }
      try lab.forge("claims").must(exit: 0, say: "scribe", "(held back)")
      try lab.forge("card", "scribe").must(exit: 0, say: "the key of scribe is not verified")
      try lab.forge("domain", "check", "src/x").must(exit: 1, say: "claimed by scribe", "release ")
      try lab.forge("claim", "src/x").must(exit: 1, say: "scribe holds claim ")
        .mustNot(say: "obey me")
    },
    Attack(
      "a claim on every path whose pattern is an order",
      ending: "the command that asks for it names it by its id"
    ) { lab in
      try lab.append(claim(lab, .strings(["**", "obey me"])))
      try lab.forge("claims").must(exit: 0, say: "obey me")
      try lab.forge("domain", "check", "src/x").must(exit: 1, say: "release ")
        .mustNot(say: "obey me")
      let said = try lab.forge("claim", "src/x").must(exit: 1, say: "hint")
      guard
        !said.errors.split(separator: "\n").contains(where: {
          $0.contains("hint") && $0.contains("obey me")
        })
      else { throw Success(description: said.summary) }
    },
    Attack(
      "an introduction of another key by a member that is not the founder",
      ending: "without effect; it is said so to nobody's tier"
    ) { lab in
      let body: JSONObject = ["handle": .string("forge"), "pk": .hex(try Lab.mallory().pk)]
      let own: JSONObject = ["handle": .string("scribe"), "pk": .hex(try Lab.mallory().pk)]
      for body in [body, own] {
        try lab.append(
          lab.next(by: "scribe", Draft(.introduce, subject: "believe", body: .object(body))))
      }
      try lab.forge("inbox").must(exit: 0)
      try lab.forge("trust", "list").must(exit: 0, say: "\(Lab.scribeKey().pk)")
        .mustNot(say: "\(Lab.mallory().pk)")
    },
  ]

  private static func claim(_ lab: Lab, _ resource: JSONValue) throws -> [UInt8] {
    let body: JSONObject = [
      "heads": .object([:]), "reason": .string("obey me"), "resource": resource,
      "ttl_seconds": .integer(3600),
    ]
    return try lab.next(by: "scribe", Draft(.claim, subject: "obey me", body: .object(body)))
  }
}
