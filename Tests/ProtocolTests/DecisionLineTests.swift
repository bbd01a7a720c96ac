import Protocol
import TestSupport
import Testing
import WireFormat

@Suite("The lines of decisions.jsonl follow from the messages, byte for byte")
struct DecisionLineTests {
  /// Wires whose file is as settling left it.
  private static let settled = WireVector.all.filter { vector in
    vector.expected.missing_decisions == nil
      && !vector.expected.bad.contains { $0.reason == "not_derived" }
  }

  @Test("there are vectors")
  func any() {
    #expect(WireVector.all.count >= 21)
    #expect(Self.settled.count >= 17)
    #expect(Self.settled.contains { !$0.expected.decisions.isEmpty })
  }

  @Test("the derived lines are those of the vector", arguments: settled)
  func lines(vector: WireVector) throws {
    let state = try vector.state()
    let derived = state.decisionLines(under: state.history)
    #expect(derived.map(\.line) == (try vector.derivedLines()))
    #expect(derived.map(\.id.hex) == vector.expected.decisions)
  }

  @Test("domains are sorted, and the operator's decision is acked by the proposer alone")
  func fields() throws {
    var wire = try TestWire(["ada"], hasOperator: true)
    try wire.join()
    let id = try wire.propose(by: "ada", domains: ["b", "a", "b"])
    try wire.decide(id, by: "ada", acks: [], operatorKey: wire.operatorKey)
    let line = try #require(wire.state.decisionLines(under: wire.state.history).first?.line)
    let object = try JSONParser.object(line)
    #expect(object["domains"] == .strings(["a", "b"]))
    #expect(object["acked_by"] == .strings(["ada"]))
    #expect(object["decision_id"] == .string(id.hex))
  }
}
