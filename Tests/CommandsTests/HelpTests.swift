import Commands
import Foundation
import Testing

@Suite("help says what is declared")
struct HelpTests {
  /// Everything that has a help page: all, the nouns, and the verbs.
  static let topics =
    ["", "exit-codes"] + CommandList.nouns.map(\.name) + CommandList.all.map { $0.name }

  /// To write the golden files: `DEADDROP_UPDATE_GOLDEN=1 swift test --filter CommandsTests`.
  @Test("each page is the one that is pinned", arguments: topics)
  func pinned(topic: String) async throws {
    let words = topic.split(separator: " ").map(String.init)
    let page = try await Binary.run(["help"] + words, in: try Scratch())
    #expect(page.code == 0)
    let name = topic.isEmpty ? "deaddrop" : words.joined(separator: "-")
    let file = TestFiles.folder.appending(path: "Golden/help/\(name).txt")
    if TestFiles.updatesGolden { try Data(page.output.utf8).write(to: file) }
    #expect(try String(contentsOf: file, encoding: .utf8) == page.output)
    #expect(page.lines.allSatisfy { $0.count <= 80 })
  }

  @Test("no page is pinned that is not there")
  func orphans() throws {
    let names = Self.topics.map {
      $0.isEmpty ? "deaddrop.txt" : $0.replacing(" ", with: "-") + ".txt"
    }
    let files = try TestFiles.named(".txt", in: "Golden/help").map(\.lastPathComponent)
    #expect(Set(files).subtracting(names).isEmpty)
  }

  @Test("each declaration keeps the rules", arguments: CommandList.all.map { $0.name })
  func rules(name: String) throws {
    let command = try #require(CommandList.all.first { $0.name == name })
    let spec = command.spec
    #expect(!spec.examples.isEmpty)
    #expect(spec.summary.count <= 72 && !spec.summary.hasSuffix("."))
    #expect(spec.summary.first?.isUppercase == true)
    let summaries = spec.arguments.map(\.summary) + spec.options.map(\.summary)
    #expect(summaries.allSatisfy { !$0.hasSuffix(".") && $0.first?.isUppercase == false })
    let names = spec.arguments.map(\.name) + (spec.options + OptionSpec.global).map(\.name)
    #expect(Set(names).count == names.count)
    let words = name.split(separator: " ")
    #expect(words.count == 1 || CommandList.nouns.contains { $0.name == words[0] })
    #expect(CommandList.all.filter { $0.name == name }.count == 1)
  }

  /// Verbs whose examples need nothing but files; those on a wire are tried where there is one.
  static let examples: [String] = CommandList.all.filter {
    ["version", "help"].contains($0.name) || $0.name.hasPrefix("plumbing ")
  }.flatMap { $0.spec.examples }

  @Test("each example can be pasted", arguments: examples)
  func example(line: String) async throws {
    let scratch = try Scratch()
    try scratch.write(Data(repeating: 1, count: 32), to: "forge.seed")
    try scratch.write(Data("{\"from\":\"forge\"}\n".utf8), to: "drafts.jsonl")
    try scratch.write(Data("{\"agents\":{}}".utf8), to: "trust.json")
    try scratch.write(Data("{\"from\":\"forge\"}\n".utf8), to: "messages.jsonl")
    try scratch.write(Data("{}".utf8), to: "ceremonies.json")
    let outcome = try await Binary.shell(line, in: scratch)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(!outcome.output.isEmpty)
  }
}
