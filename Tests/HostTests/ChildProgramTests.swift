import Host
import Testing

@Suite("Programs that are run to their end")
struct ChildProgramTests {
  private func sh(_ script: String) -> ChildProgram { ChildProgram(["sh", "-c", script]) }

  @Test("words, input, both outputs and the code go over whole")
  func whole() throws {
    var program = ChildProgram([
      "sh", "-c", "cat; printf %s \"$1\" >&2; exit 7", "sh", "a 'b' $c\n",
    ])
    program.input = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let outcome = try program.run()
    #expect(outcome.code == 7)
    #expect(outcome.output == program.input)
    #expect(outcome.errors == Array("a 'b' $c\n".utf8))
  }

  @Test("variables are set, taken away and handed on")
  func environment() throws {
    var program = sh("printf %s \"$ONE:${HOME-none}:${PATH:+some}\"")
    program.environment = ["ONE": "1", "HOME": nil]
    #expect(try program.run().output == Array("1:none:some".utf8))
  }

  @Test("one that takes too long is killed, and none is left")
  func late() throws {
    var program = sh("echo $$; exec sleep 60")
    program.timeLimit = .milliseconds(200)
    #expect(throws: HostError.timedOut("sh", seconds: 0)) { try program.run() }
    var closed = sh("exec sleep 60 >&- 2>&-")
    closed.timeLimit = .milliseconds(200)
    #expect(throws: HostError.timedOut("sh", seconds: 0)) { try closed.run() }
  }

  @Test("one that writes too much is killed")
  func large() throws {
    var program = sh("exec yes")
    program.outputLimit = 100_000
    #expect(throws: HostError.tooLarge("output of sh", limit: 100_000)) { try program.run() }
  }

  @Test("one that is not there is an error of the system, one that a signal ends has no code")
  func odd() throws {
    #expect(throws: HostError.self) { try ChildProgram(["deaddrop-no-such-program"]).run() }
    #expect(try sh("kill -9 $$").run().code == nil)
  }
}
