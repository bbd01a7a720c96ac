import Foundation
import Identity
import TestSupport
import WireFormat

extension Attack {
  /// Of who reads, keeps or alters an invite.
  static let contact: [Attack] = [
    Attack(
      "an invite used a second time, by another machine",
      ending: "refused, and it is said where it was used; nothing is written"
    ) { lab in
      let before = try lab.read(Lab.scribeLog)
      try lab.command(["join", lab.invite], as: "scribe", home: "thief").must(exit: 1, say: "used")
      guard try lab.read(Lab.scribeLog) == before else { throw Success(description: "it wrote") }
      try lab.forge("inbox").must(exit: 0)
    },
    Attack(
      "a second card with the right proof of a used invite",
      ending: "refused as unknown_key; the chain is open and one key's"
    ) { lab in
      let secret = try Invite(text: lab.invite).secret
      try lab.append(lab.card(of: Lab.mallory(), proofSecret: secret))
      try lab.forge("inbox").must(exit: 3, say: "unknown_key")
      try lab.mustStillHear()
    },
    Attack(
      "a card that carries the proof of another card",
      ending: "an ALARM, and UNTRUSTED", on: .founded
    ) { lab in
      let secret = try Invite(text: lab.invite).secret
      let honest = try lab.card(of: Lab.scribeKey(), proofSecret: secret)
      let proof = try JSONParser.object(honest)["body"]?.members?["invite_proof"]?.text
      try lab.append(lab.card(of: Lab.mallory(), proof: proof.flatMap(Bytes32.init(hex:))))
      try lab.forge("inbox").must(exit: 0, say: "ALARM", "does not prove the invite")
      try lab.forge("trust", "list").must(exit: 0, say: "scribe UNTRUSTED")
    },
    Attack(
      "an invite that ran out, carried with a later date",
      ending: "UNTRUSTED: the inviter judges by its own date", on: .founded
    ) { lab in
      // What a day does to the inviter's book.
      let book = try "\(lab.state(of: "forge"))/invites.json"
      let invite = try Invite(text: lab.invite)
      let text = try String(contentsOfFile: book, encoding: .utf8)
      let aged = text.replacing(invite.expires.string, with: "2020-01-01T00:00:00.000000Z")
      guard let file = FileHandle(forWritingAtPath: book), aged != text else {
        throw Success(description: "no date in the book")
      }
      try file.truncate(atOffset: 0)
      try file.write(contentsOf: Data(aged.utf8))
      try file.close()
      let later = Invite(
        loc: invite.loc, wire: invite.wire, pk: invite.pk, from: invite.from, to: invite.to,
        secret: invite.secret, expires: invite.expires.adding(seconds: 86_400))
      try lab.command(["join", later.text], as: "scribe").must(exit: 0)
      try lab.forge("inbox").must(exit: 0, say: "after the invite had expired", "held back")
      try lab.forge("trust", "list").must(exit: 0, say: "scribe UNTRUSTED")
    },
    Attack(
      "an invite in which any one character was changed",
      ending: "refused, or a join that proves nothing: ALARM, UNTRUSTED", on: .founded
    ) { lab in
      let good = try Invite(text: lab.invite)
      var readable: [Invite] = []
      let text = Array(lab.invite.utf8)
      for index in text.indices {
        var altered = text
        altered[index] = altered[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
        guard let invite = try? Invite(text: String(decoding: altered, as: UTF8.self)) else {
          continue
        }
        guard invite != good else { throw Success(description: "\(index) says the same") }
        readable.append(invite)
      }
      // One of those with each field changed that still read as an invite, carried to the wire.
      func first(_ differs: (Invite) -> Bool) -> Invite? { readable.first(where: differs) }
      let wrongKey = Invite(
        loc: good.loc, wire: good.wire, pk: try Lab.mallory().pk, from: good.from, to: good.to,
        secret: good.secret, expires: good.expires)
      try lab.command(["join", wrongKey.text], as: "scribe", home: "other").must(exit: 1)
      if let elsewhere = first({ $0.wire != good.wire }) {
        try lab.command(["join", elsewhere.text], as: "scribe", home: "other").must(exit: 3)
      }
      guard let wrong = first({ $0.secret != good.secret }) else {
        throw Success(description: "no changed secret can be read")
      }
      try lab.command(["join", wrong.text], as: "scribe").must(exit: 0)
      try lab.forge("inbox").must(exit: 0, say: "ALARM", "held back")
      try lab.forge("trust", "list").must(exit: 0, say: "scribe UNTRUSTED")
    },
  ]
}
