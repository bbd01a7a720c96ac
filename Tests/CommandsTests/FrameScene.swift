import Commands
import Foundation
import Host
import Identity
import Protocol
import TestSupport
import Wire
import WireFormat

@testable import DeadDropKit

/// What bob sees of a wire whose lines, keys and times are the same at each run.
struct FrameScene {
  let name: String
  let wire: TestWire
  /// Whose keys bob believes.
  var believed: [Handle] = ["ada"]
  /// Since the last line was written.
  var ageSeconds: Int64 = 30
  var notes: [Line] = []
  /// Puts times in place that only an agent measures which runs for long.
  var change: (inout Status) -> Void = { _ in }

  func facts() throws -> TopFacts {
    try TestSupport.Scratch.run { root in
      let places = PrivatePlaces(keys: root + "/keys", states: root + "/state")
      let path = root + "/_coordination"
      for (folder, mode) in [
        (path, 0o755), (places.keys, 0o700),
        (places.state(wire: wire.genesis.id, handle: "bob"), 0o700),
      ] {
        try FileManager.default.createDirectory(
          atPath: folder, withIntermediateDirectories: true,
          attributes: [.posixPermissions: mode])
      }
      try wire.write(to: path)
      var session = try Session.open(directory: path, as: "bob", in: places)
      let now = wire.now.adding(seconds: ageSeconds).microseconds
      session.wallClock = { now }
      session.bootClock = { BootMoment(boot: "b", milliseconds: 1_000) }
      session.awakeClock = session.bootClock
      // Not `catchUp`: that would settle, and sign with a key that is not here.
      var report = CatchUp()
      try session.read(into: &report)
      for handle in believed {
        guard let pk = wire.writers[handle]?.key.pk else { continue }
        _ = session.trust.pin(handle, pk, .local, at: wire.now)
      }
      var status = try session.status(sessionName: "main")
      change(&status)
      var recent = RecentMessages(limit: 50)
      let messages = try session.recent(&recent)
      let facts = TopFacts(status, messages, notes: notes)
      // Where the test runs is no part of the picture.
      let words = facts.head.text.replacingOccurrences(of: root, with: "/home/bob/app")
      return TopFacts(head: Line(words), banners: facts.banners, sections: facts.sections)
    }
  }
}

extension FrameScene {
  /// Texts that act on a terminal, are wide, pile up marks, or never end.
  static let hostile = [
    "\u{1B}[2J\u{1B}[31mred\u{7}", "\u{1B}]52;c;eA==\u{7}clip", "ev\u{202E}lave\u{2066}x",
    "全角の題名は二つの桁を取るので数え方を間違えると折り返す全角の題名は二つの桁を取る",
    "z" + String(repeating: "\u{301}", count: 2_000) + "algo", "\u{301}first",
    "two\nlines\r\tand \u{9B}2J\u{2028}more", "👩‍👩‍👧‍👦 \u{FE0F}family 🇩🇪",
    String(repeating: "long ", count: 2_048),
  ]

  static func all() throws -> [FrameScene] { [try busy(), try evil(), try crowd(), try calm()] }

  private static func calm() throws -> FrameScene {
    var wire = try TestWire(["ada", "bob"])
    try wire.card(by: "ada")
    return FrameScene(name: "calm", wire: wire)
  }

  /// Something of everything, and the wire in safe mode.
  private static func busy() throws -> FrameScene {
    var wire = try TestWire(["ada", "bob", "cy"])
    for member in ["ada", "cy"] as [Handle] { try wire.card(by: member) }
    try wire.note("x", by: "cy")
    try wire.request(by: "ada", to: ["bob"])
    try wire.propose(by: "ada", subject: "comments")
    let incident = try wire.incident(by: "ada", to: ["bob"])
    try wire.recordUnacked(incident, by: "ada")
    try wire.incident(by: "ada", to: ["bob", "cy"])
    try wire.claim(["src/lexer/**"], by: "ada", seconds: 3_600)
    return FrameScene(
      name: "busy", wire: wire, notes: [Line("ratified 0123456789ab")],
      change: { status in
        for index in status.open.indices { status.open[index].millisecondsLeft = 59_001 }
        for index in status.incidents.indices where status.incidents[index].fact.status == .open {
          status.incidents[index].millisecondsLeft = 1
        }
      })
  }

  private static func evil() throws -> FrameScene {
    var wire = try TestWire(["ada", "bob", "cy"])
    for member in ["ada", "cy"] as [Handle] { try wire.card(by: member) }
    for text in hostile {
      let subject = Text(text)
      try wire.propose(by: "ada", subject: subject)
      try wire.write(
        Draft(.request, subject: subject, body: .string(""), ackRequired: true), by: "ada")
      if text.utf8.count < 4_000, !text.contains("\n"), !text.contains("\u{1B}") {
        try wire.claim([], by: "ada") { $0["resource"] = .string(subject) }
      }
      // Whose key bob does not believe: none of its words may be seen.
      try wire.write(Draft(.request, subject: Text("cy says " + text), body: .string("")), by: "cy")
    }
    return FrameScene(name: "hostile", wire: wire)
  }

  /// More of everything than any screen has rows.
  private static func crowd() throws -> FrameScene {
    let names = (0..<14).map { "agent\($0)" } + ["ada", "bob"]
    let members = names.compactMap { Handle(Text($0)) }
    var wire = try TestWire(members)
    for member in members where member != "bob" { try wire.card(by: member) }
    for number in 0..<40 {
      try wire.propose(by: "ada", subject: Text("proposal \(number)"))
      try wire.claim(["src/\(number)/**"], by: "ada", seconds: 3_600)
    }
    return FrameScene(name: "crowd", wire: wire)
  }
}
