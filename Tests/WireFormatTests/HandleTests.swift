import Testing
import WireFormat

@Suite("A handle is a short plain name")
struct HandleTests {
  @Test(
    "plain names are handles",
    arguments: [
      "ab", "a1", "00", "forge", "a-b", "a_b", "a--b", "a__b", "to", "a_to", "to_a", "a_tob",
      "ato_b",
      "alls", "al", "all2", "a-to-b", String(repeating: "x", count: 32), "a_t-o_b",
    ])
  func good(_ name: String) throws {
    #expect(try Handle(name).name == name)
    #expect(Handle(Text(name))?.name == name)
    #expect(Handle(sender: Text(name))?.name == name)
    #expect(Handle(sender: Text("did:wire:" + name))?.name == name)
    #expect(try Handle(name).did == "did:wire:" + name)
    #expect("\(try Handle(name))" == name)
  }

  @Test(
    "each flaw is told apart",
    arguments: [
      ("", .length(0)), ("a", .length(1)), (String(repeating: "x", count: 33), .length(33)),
      ("Forge", .characters), ("fo rge", .characters), ("fo.rge", .characters),
      ("fo/rge", .characters),
      ("f\u{f6}rge", .characters), ("fo\0rge", .characters), ("fo\nrge", .characters),
      ("did:wire:forge", .characters), ("*a", .characters), ("..", .characters),
      ("\u{212a}elvin", .characters), ("-forge", .ends), ("forge-", .ends), ("_forge", .ends),
      ("forge_", .ends), ("--", .ends), ("a_to_b", .separator), ("forge_to_scribe", .separator),
      ("a_to_to_b", .separator), ("all", .reserved), ("\u{e9}", .characters),
    ] as [(String, Handle.Flaw)])
  func bad(_ name: String, _ flaw: Handle.Flaw) {
    #expect(throws: flaw) { try Handle(name) }
    #expect(Handle(Text(name)) == nil)
    #expect(Handle(sender: Text("did:wire:" + name)) == nil)
    #expect(!flaw.description.isEmpty)
  }

  @Test("a name of any bytes is a handle only when it fits the pattern")
  func pattern() throws {
    var random = RandomSource("handles")
    let alphabet = Array("ab09_-to_toA.\u{e9}".unicodeScalars)
    var good = 0
    for _ in 0..<20_000 {
      let count = random.once(in: 4) ? random.int(28...35) : random.below(9)
      let letters = random.once(in: 2) ? alphabet[..<6] : alphabet[...]
      let name = String(
        String.UnicodeScalarView((0..<count).map { _ in random.pick(Array(letters)) }))
      let fits = name.wholeMatch(of: /[a-z0-9][a-z0-9_-]{0,30}[a-z0-9]/) != nil
      let expected = fits && !name.contains("_to_") && name != "all"
      if expected { good += 1 }
      #expect((Handle(Text(name)) != nil) == expected, "\(name) seed \(RunSeed.value)")
    }
    #expect((2_000...18_000).contains(good), "seed \(RunSeed.value)")
  }

  @Test(
    "only one did: prefix is taken off, and only the exact one",
    arguments: [
      "did:wire:", "did:wire:did:wire:forge", "DID:wire:forge", "did:web:forge", "did:wire: forge",
      "wire:forge",
    ])
  func prefix(_ sender: String) {
    #expect(Handle(sender: Text(sender)) == nil)
  }

  @Test("handles order by byte")
  func order() throws {
    let names = ["a-b", "a0", "a_b", "aa", "b0", "0b"]
    let sorted = try names.map { try Handle($0) }.sorted().map(\.name)
    #expect(sorted == ["0b", "a-b", "a0", "a_b", "aa", "b0"])
  }
}
