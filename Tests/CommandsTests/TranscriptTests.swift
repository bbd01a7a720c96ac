import Foundation
import Testing

@Suite("the real binary answers as written down")
struct TranscriptTests {
  static let stored: [Transcript] = {
    do {
      return try TestFiles.named(".transcript", in: "Transcripts").map { file in
        try Transcript(
          name: file.lastPathComponent, text: try String(contentsOf: file, encoding: .utf8))
      }
    } catch {
      fatalError("Transcripts: \(error)")
    }
  }()

  @Test("each transcript comes true", arguments: stored)
  func transcript(_ transcript: Transcript) async throws {
    try #require(!transcript.steps.isEmpty)
    let scratch = try Scratch(environment: transcript.variables)
    var matcher = TranscriptMatcher()
    for step in transcript.steps {
      let outcome = try await Binary.shell(matcher.filled(step.command), in: scratch)
      let place = "\(transcript.name):\(step.line): $ \(matcher.filled(step.command))"
      let errors = Binary.Outcome.lines(outcome.errors)
      let wrongOutput = matcher.mismatch(outcome.lines.filter { !$0.isEmpty }, step.output)
      let wrongErrors = matcher.mismatch(errors, step.errors)
      #expect(wrongOutput == nil, "\(place)\n\(outcome.output)\(outcome.errors)")
      #expect(wrongErrors == nil, "\(place)\n\(outcome.output)\(outcome.errors)")
      #expect(outcome.code == step.code, "\(place)\n\(outcome.errors)")
    }
  }

  @Test("there are transcripts to come true")
  func present() { #expect(Self.stored.count >= 10) }

  @Test("a transcript that is wrong is found out")
  func matcher() throws {
    var matcher = TranscriptMatcher()
    let id = String(repeating: "0a", count: 32)
    #expect(matcher.mismatch(["stored \(id)"], ["stored <ID:first>"]) == nil)
    #expect(matcher.filled("ack {first}") == "ack \(id)")
    #expect(matcher.mismatch(["stored 12"], ["stored <ID>"]) != nil)
    #expect(matcher.mismatch(["a", "b"], ["a"]) != nil)
    #expect(matcher.mismatch(["a"], ["a", "b"]) != nil)
    #expect(matcher.mismatch(["a", "b", "c"], ["a", "…"]) == nil)
    #expect(matcher.mismatch(["a (b)"], ["a …)"]) == nil)
    #expect(matcher.mismatch(["a.b"], ["a.b"]) == nil)
    #expect(matcher.mismatch(["axb"], ["a.b"]) != nil)
    #expect(matcher.mismatch(["at 2026-05-12T18:42:44.000001Z"], ["at <TIME>"]) == nil)
  }
}
