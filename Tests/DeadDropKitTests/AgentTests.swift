import DeadDropKit
import TestSupport
import Testing
import WireFormat

@Suite("A program reaches the wire through the library's public type")
struct AgentTests {
  @Test("what one agent sends the other is given until it is marked as read")
  func exchange() throws {
    try Bench.run("forge", "scribe") { bench in
      var forge = try Agent(directory: bench.path, handle: "forge", in: bench.places("forge"))
      let stored = try forge.send("request", subject: "s", body: "b", to: ["scribe"])
      for hasBeenRead in [false, false, true] {
        var scribe = try Agent(directory: bench.path, handle: "scribe", in: bench.places("scribe"))
        let message = try #require(try scribe.unread().last)
        #expect(message.id == stored.id && message.seq == stored.seq)
        #expect(message.from == "forge" && message.type == "request")
        #expect(message.subject == "s" && message.bodyJSON == #""b""#)
        if hasBeenRead { try scribe.markRead() }
      }
      var scribe = try Agent(directory: bench.path, handle: "scribe", in: bench.places("scribe"))
      let rest = try scribe.unread()
      #expect(rest.isEmpty)
    }
  }

  @Test("a type or recipient that is none stores nothing", arguments: ["nonsense", "request"])
  func refused(type: String) throws {
    try Bench.run("forge", "scribe") { bench in
      let before = try bench.lines(of: "forge")
      var forge = try Agent(directory: bench.path, handle: "forge", in: bench.places("forge"))
      var error: AgentError?
      do {
        _ = try forge.send(type, subject: "s", body: "b", to: ["nobody"])
      } catch let refusal as AgentError {
        error = refusal
      }
      #expect(error != nil)
      #expect(try bench.lines(of: "forge") == before)
    }
  }
}
