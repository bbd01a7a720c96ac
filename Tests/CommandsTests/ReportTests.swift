import Commands
import Foundation
import Testing
import WireFormat

@Suite("a report is printed as its form asks")
struct ReportTests {
  private func shown(_ item: ReportItem, asJSON: Bool, isColoured: Bool = false) -> String {
    let bytes = Terminal(isColoured: isColoured).bytes(of: item, asJSON: asJSON)
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test("an answer is its lines for people and its object for programs")
  func answer() {
    let item = ReportItem.answer(["one", "two \("x", .good)"], json: ["n": .integer(2)])
    #expect(shown(item, asJSON: false) == "one\ntwo x\n")
    #expect(shown(item, asJSON: false, isColoured: true) == "one\ntwo \u{1B}[32mx\u{1B}[0m\n")
    #expect(shown(item, asJSON: true, isColoured: true) == "{\"n\":2}\n")
    #expect(shown(.answer(["only for people"], json: nil), asJSON: true) == "")
  }

  @Test("data is JSON and exact bytes are themselves, with --json and without")
  func data() {
    for asJSON in [true, false] {
      #expect(shown(.data(["a": .null]), asJSON: asJSON) == "{\"a\":null}\n")
      #expect(shown(.exact(Array("\u{202E}".utf8)), asJSON: asJSON) == "\u{202E}\n")
    }
  }

  @Test("notes and warnings name the program, on one line each")
  func words() {
    #expect(shown(.note("a\nb"), asJSON: false) == "deaddrop: note: a\\nb\n")
    #expect(shown(.warning("a"), asJSON: true) == "deaddrop: warning: a\n")
  }

  @Test("columns of a table stand below each other")
  func table() {
    var table = Table(["WHO", "TIER"])
    #expect(table.lines.isEmpty)
    table.add("forge", "\("VERIFIED", .good)")
    table.add("a\u{202E}", "-")
    #expect(
      table.lines.map(\.text) == ["WHO        TIER", "forge      VERIFIED", "a\\u{202E}  -"])
  }

  @Test("only the terminal's file prints, and only main exits")
  func onePrinter() throws {
    let sources = TestFiles.sources.appending(path: "Commands")
    let files = try #require(FileManager.default.enumerator(atPath: sources.path))
    var count = 0
    for case let name as String in files where name.hasSuffix(".swift") {
      let text = try String(contentsOf: sources.appending(path: name), encoding: .utf8)
      count += 1
      let prints = text.contains(/\b(print|debugPrint|writeOutput|writeError)\(/)
      #expect(!prints || name.hasSuffix("/Terminal.swift"), "\(name)")
      let leaves = text.contains(/\bexit\(|import (Foundation|Glibc|Darwin)|try!/)
      #expect(!leaves, "\(name)")
    }
    #expect(count > 20)
  }
}
