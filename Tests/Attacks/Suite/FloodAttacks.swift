import Foundation
import Identity
import TestSupport
import WireFormat

extension Attack {
  /// Full sizes in the release build, where they take seconds.
  private static func count(_ full: Int) -> Int {
    #if DEBUG
      full / 50
    #else
      full
    #endif
  }

  /// Of more than anybody wants to read.
  static let floods: [Attack] = [
    Attack(
      "a candidate chain of 100,000 lines by a key that nobody knows",
      ending: "one unknown_key a line; the next honest line is read"
    ) { lab in
      let count = count(100_000)
      let mallory = try Lab.mallory()
      let draft = Draft(.request, subject: "order", body: .string("obey me"))
      // A signed line, and a chain of others by it whose ids are right: the dearest to refuse.
      var lines: [[UInt8]] = []
      var place = (seq: 2, prev: Bytes32.unheld("candidate"))
      for _ in 0..<count {
        let line = try lab.next(by: "scribe", draft, key: mallory, at: place)
        place = (place.seq + 2, .unheld("\(place.seq)"))
        lines.append(line)
      }
      try lab.append(lines)
      let said = try lab.forge("inbox").must(exit: 3, say: "unknown_key").mustNot(say: "obey me")
      guard said.errors.utf8.count < 4096 else { throw Success(description: said.summary) }
      try lab.mustStillHear()
      try lab.forge("verify").must(exit: 3).mustNot(say: "obey me")
    },
    Attack(
      "a line of 10 MB, and one of 10 MB in a body",
      ending: "malformed; the lines around it are read"
    ) { lab in
      let long = String(repeating: "x", count: 10 << 20)
      try lab.append(Array(long.utf8))
      try lab.append(lab.next(by: "scribe", Draft(.request, subject: "long", body: .string(long))))
      try lab.append(Array(String(repeating: "[", count: 200_000).utf8))
      try lab.forge("inbox").must(exit: 3, say: ":3: malformed", ":4: malformed", ":5: malformed")
      // The honest writer goes on behind its own last line.
      let lines = try lab.lines(Lab.scribeLog)
      try lab.overwrite(Lab.scribeLog, with: Array(lines.prefix(2)))
      try lab.mustStillHear(exit: 0)
    },
    Attack(
      "100,000 messages from one peer",
      ending: "all delivered, each once, in their order; a digest has one line of them"
    ) {
      lab in
      let count = count(100_000)
      var lines: [[UInt8]] = []
      var place = try lab.end(of: Lab.scribeLog)
      for number in 0..<count {
        let draft = Draft(.request, subject: "flood", body: .string("message \(number)"))
        let line = try lab.next(by: "scribe", draft, at: place)
        place = (place.seq + 1, try Envelope.read(line.span).eventID)
        lines.append(line)
      }
      try lab.append(lines)
      let digest = try lab.forge("inbox", "--digest").must(exit: 0, say: "\(count), too many")
      guard digest.output.split(separator: "\n").count == 2 else {
        throw Success(description: digest.summary)
      }
      let said = try lab.forge("inbox").must(exit: 0)
      let numbers = said.output.split(separator: "\n").compactMap { line in
        line.hasPrefix("  | message ") ? Int(line.dropFirst(12)) : nil
      }
      guard numbers == Array(0..<count) else {
        throw Success(description: "\(numbers.count) of \(count) delivered")
      }
      try lab.forge("inbox").must(exit: 0, say: "no unread messages")
    },
  ]
}
