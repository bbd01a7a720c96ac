import Foundation
import Testing

@Suite("trust sas on a terminal")
struct SASTerminalTests {
  /// Makes the terminal; on systems without it the same verbs are tried by transcript alone.
  private static let script = "/usr/bin/script"

  @Test("slips cost nothing, a wrong code a try, and the right one verifies")
  func terminal() async throws {
    guard FileManager.default.isExecutableFile(atPath: Self.script) else {
      print("notice: \(Self.script) is absent; trust sas is not tried on a terminal")
      return
    }
    let scratch = try Scratch()
    let setup = """
      for who in forge scribe; do
        printf '#!/bin/sh\\nDEADDROP_HOME="$HOME/%s" exec deaddrop "$@"\\n' $who > $who
        chmod +x $who
      done
      ./forge init --handle forge --peer scribe 2> /dev/null | tail -1 | ./scribe join - &&
      ./forge inbox && ./scribe inbox &&
      rm "$HOME"/forge/*/forge/trust.json "$HOME"/forge/*/forge/invites.json &&
      ./scribe trust sas start forge; ./forge trust sas start scribe; ./scribe trust sas show forge &&
      ./forge trust sas show scribe | head -1 > code
      """
    let begun = try await Binary.shell(setup, in: scratch)
    #expect(begun.code == 0, "\(begun.errors)")
    let typed = "(echo 12; echo 1000 1000 1000; cat code)"
    let outcome = try await Binary.shell(
      "\(typed) | \(Self.script) -qec './forge trust sas scribe' /dev/null; cat code", in: scratch)
    let code = try #require(outcome.lines.last)
    #expect(outcome.output.contains(code))
    #expect(outcome.output.contains("a code is three numbers of four digits"))
    #expect(outcome.output.contains("2 tries left"))
    #expect(outcome.output.contains("scribe is VERIFIED"))
    let list = try await Binary.shell("./forge trust list", in: scratch)
    #expect(list.output.hasPrefix("scribe VERIFIED\n"))
  }
}
