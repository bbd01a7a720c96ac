import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

@Suite("A wire can be read whose log files are not all there")
struct AbsentLogTests {
  @Test("with no log at all there is nothing in it")
  func none() throws {
    var wire = try TestWire()
    wire.logs = [:]
    let audit = try wire.audit()
    #expect(audit.badLines.isEmpty && audit.decisions.isEmpty)
    #expect(audit.lineCount == 0 && audit.unseenSignatures == 0)
    #expect(audit.reading.state.newestCards.isEmpty)
  }

  @Test("empty logs are as good as absent ones")
  func empty() throws {
    let audit = try TestWire().audit()
    #expect(audit.badLines.isEmpty && audit.lineCount == 0)
    #expect(audit.reading.chains.values.allSatisfy { $0.head.seq == 0 })
  }

  enum Absent: CaseIterable {
    case founder
    case introduced
    case adopted

    /// Whose log is gone, and whose stands.
    var handles: (gone: Handle, standing: Handle) {
      switch self {
      case .founder: ("ada", "bob")
      case .introduced: ("bob", "ada")
      case .adopted: ("cyd", "bob")
      }
    }
  }

  @Test("the other logs are read and judged as ever", arguments: Absent.allCases)
  func one(absent: Absent) throws {
    var wire = try TestWire(["ada", "bob", "cyd"])
    try wire.join()
    try wire.introduce("bob", by: "ada")
    let (gone, standing) = absent.handles
    try wire.note(by: standing)
    wire.logs[gone] = nil
    let count = wire.logs[standing]?.count ?? 0
    wire.insert([], at: 1, of: standing)
    let audit = try wire.audit()
    #expect(audit.faults(of: standing) == ["2 malformed"])
    #expect(audit.bad.count == 1)
    #expect(audit.reading.chains[standing]?.head.seq == count)
    #expect(audit.reading.chains[gone]?.head.seq == 0)
    #expect(audit.reading.state.newestCards[standing] != nil)
  }

  @Test("the decisions of the file do not follow where the messages are gone")
  func derived() throws {
    var wire = try TestWire()
    try wire.join()
    try wire.agree(by: "ada", with: ["bob"])
    wire.derived = wire.state.decisionLines(under: wire.state.history).map(\.line)
    #expect(try wire.audit().badLines.isEmpty)
    wire.logs["bob"] = nil
    #expect(try wire.audit().badLines == ["decisions.jsonl:1 not_derived"])
  }
}
