import Commands
import Testing
import WireFormat

@Suite("a command line is taken apart as declared")
struct CommandLineTests {
  /// The name of the verb and its values.
  private func read(_ words: String...) throws -> (String, Invocation.Values) {
    var reader = CommandLineReader(words)
    switch try reader.read() {
    case .run(let command, let values): return (command.name, values)
    case .help(let command, let values): return ("help of " + command.name, values)
    case .topic(let noun, let values): return ("help of " + (noun ?? "all"), values)
    }
  }

  private func refusal(_ words: String...) -> CommandFailure? {
    var reader = CommandLineReader(words)
    do throws(CommandFailure) {
      _ = try reader.read()
      return nil
    } catch {
      return error
    }
  }

  @Test("options stand before, between and after, with = and without")
  func places() throws {
    let (name, values) = try read(
      "--as", "forge", "plumbing", "--json", "sign", "--key=a=b", "--handle", "-", "--dir=")
    #expect(name == "plumbing sign")
    #expect(
      values == [
        "as": ["forge"], "json": [], "key": ["a=b"], "handle": ["-"], "dir": [""],
      ])
  }

  @Test("two hyphens end the options, one is a value")
  func hyphens() throws {
    let (_, values) = try read("help", "--", "--json", "-")
    #expect(values == ["topic": ["--json", "-"]])
  }

  @Test("a value may begin with hyphens unless it is an option of the verb")
  func valueLikeOption() throws {
    let (_, values) = try read("plumbing", "sign", "--key", "--x", "--handle=--json")
    #expect(values == ["key": ["--x"], "handle": ["--json"]])
    #expect(
      refusal("plumbing", "sign", "--key", "--json")?.message.contains("needs a value") == true)
  }

  @Test("help is asked for in each place, whatever else is missing")
  func help() throws {
    #expect(try read().0 == "help of all")
    #expect(try read("--help").0 == "help of all")
    #expect(try read("-h").0 == "help of all")
    #expect(try read("plumbing", "--help").0 == "help of plumbing")
    #expect(try read("--help", "plumbing", "verify").0 == "help of plumbing verify")
    #expect(try read("plumbing", "verify", "--help", "--json").0 == "help of plumbing verify")
  }

  @Test(
    "every breach is a usage failure",
    arguments: [
      ["nothing"], ["plumbing"], ["plumbing", "nothing"], ["-x"], ["--"], ["-"], [""],
      ["version", "-x"], ["version", "--json=1"], ["version", "x"], ["plumbing", "verify"],
      ["plumbing", "sas-v31", "a"], ["--dir"], ["--dir", "--json", "version"],
      ["version", "--as", "a", "--as", "a"], ["plumbing", "verify", "--trust=x", "--scheme=3"],
    ])
  func breaches(words: [String]) throws {
    if words == ["--"] {
      #expect(try read("--").0 == "help of all")
      return
    }
    var reader = CommandLineReader(words)
    let error = #expect(throws: CommandFailure.self) { try reader.read() }
    #expect(error?.code == .usage)
  }

  @Test("a flag may be given again")
  func flagTwice() throws {
    #expect(try read("version", "--json", "--json").1 == ["json": []])
  }
}

@Suite("values are read by kind")
struct InvocationTests {
  private func invocation(_ value: String) -> Invocation {
    Invocation(values: ["x": [value]], terminal: Terminal())
  }

  @Test("whole numbers keep to their range")
  func integers() throws {
    #expect(try invocation("7").integer("x", in: 1...) == 7)
    #expect(try invocation("7").integer("y", in: 1...) == nil)
    for text in ["0", "-1", "", "1.0", "x", "99999999999999999999"] {
      #expect(throws: CommandFailure.self) { try invocation(text).integer("x", in: 1...) }
    }
    #expect(throws: CommandFailure.self) { try invocation("8").integer("x", in: 1...7) }
  }

  @Test(
    "time spans are digits and units",
    arguments: [("90s", 90), ("2m", 120), ("1h30m", 5_400), ("7d", 604_800), ("0s", 0)])
  func durations(text: String, seconds: Int) throws {
    #expect(try invocation(text).duration("x") == .seconds(seconds))
  }

  @Test(
    "what is no time span is refused",
    arguments: ["", "5", "m", "1m5", "1.5h", "-2m", "2 m", "1w", "999999999999h"])
  func noDurations(text: String) {
    #expect(throws: CommandFailure.self) { try invocation(text).duration("x") }
  }

  @Test("an instant is a stamp, a stamp without fraction, a date, or a span before now")
  func instants() throws {
    let whole = try #require(try invocation("2026-05-12T18:42:44.000000Z").instant("x"))
    #expect(try invocation("2026-05-12T18:42:44Z").instant("x") == whole)
    #expect(try invocation("2026-05-12").instant("x")?.string == "2026-05-12T00:00:00.000000Z")
    let earlier = try #require(try invocation("2h").instant("x"))
    let now = try #require(try invocation("0s").instant("x"))
    #expect(earlier < now)
    #expect(throws: CommandFailure.self) { try invocation("yesterday").instant("x") }
  }

  @Test("handles come one by one or between commas, each once")
  func handles() throws {
    let several = Invocation(values: ["to": ["forge,scribe", "forge"]], terminal: Terminal())
    #expect(try several.handles("to").map(\.name) == ["forge", "scribe"])
    let error = #expect(throws: CommandFailure.self) { try invocation("Forge").handle("x") }
    #expect(error?.message == "\"Forge\": a handle has only a-z, 0-9, _ and -")
  }
}

@Suite("the word that was meant is found")
struct NearestWordTests {
  @Test(
    "slips of the keyboard",
    arguments: [
      ("staus", "status"), ("stauts", "status"), ("inbxo", "inbox"), ("sned", "send"),
      ("decisons", "decisions"), ("dec", "decisions"),
    ])
  func slips(typed: String, meant: String) {
    let words = ["inbox", "send", "status", "decisions", "show"]
    #expect(NearestWord.nearest(to: typed, in: words) == meant)
  }

  @Test(
    "what is like nothing, or like two, is not guessed", arguments: ["xyzzy", "s", "", "in-tray"])
  func nothing(typed: String) {
    #expect(NearestWord.nearest(to: typed, in: ["inbox", "send", "status", "show"]) == nil)
  }

  @Test("the distance counts insertions, deletions, replacements and swaps")
  func distance() {
    #expect(NearestWord.distance("", "abc") == 3)
    #expect(NearestWord.distance("abc", "acb") == 1)
    #expect(NearestWord.distance("abc", "abd") == 1)
    #expect(NearestWord.distance("abc", "abc") == 0)
    #expect(NearestWord.distance("kitten", "sitting") == 3)
  }

  @Test("words are quoted so that a shell reads them again")
  func quoting() {
    #expect(
      ShellWord.line(["a", "b c", "", "it's", "src/**", "x=1,2"])
        == #"a 'b c' '' 'it'\''s' 'src/**' x=1,2"#)
  }
}
