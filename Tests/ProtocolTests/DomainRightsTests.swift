import Protocol
import TestSupport
import Testing
import WireFormat

@Suite("Who may change a path")
struct DomainRightsTests {
  /// A wire whose genesis has these domains, each {owner, paths}.
  private func wire(_ domains: [Text: (Handle, [String])]) throws -> TestWire {
    var table = JSONObject()
    for (name, domain) in domains {
      table[name] = .object([
        "owner": .string(domain.0.name), "paths": .strings(domain.1),
      ])
    }
    var wire = try TestWire(["ada", "bob", "cyd"]) { $0["domains"] = .object(table) }
    try wire.join()
    return wire
  }

  private func isAllowed(
    _ wire: TestWire, _ path: String, for handle: Handle, after seconds: Int64 = 0
  ) throws -> Bool {
    let state = wire.state
    return try DomainRights(state, under: state.history).verdict(
      on: #require(ProjectPath(Array(path.utf8))), for: handle,
      at: wire.now.adding(seconds: seconds)
    ).isAllowed
  }

  @Test("a path in no domain is free, one in a domain is its owner's")
  func owner() throws {
    let wire = try wire(["net": ("ada", ["src/net/**"])])
    #expect(try isAllowed(wire, "README", for: "bob"))
    #expect(try isAllowed(wire, "src/net/a", for: "ada"))
    #expect(try !isAllowed(wire, "src/net/a", for: "bob"))
  }

  @Test("a path in several domains is each of their owners'")
  func several() throws {
    let wire = try wire(["net": ("ada", ["src/**"]), "tls": ("bob", ["src/tls/**"])])
    #expect(try isAllowed(wire, "src/tls/a", for: "ada"))
    #expect(try isAllowed(wire, "src/tls/a", for: "bob"))
    #expect(try !isAllowed(wire, "src/tls/a", for: "cyd"))
  }

  @Test(
    "an agreement opens its domains to its proposer alone, for 7 days unless it says until when")
  func agreement() throws {
    let week: Int64 = 7 * 86_400
    var wire = try wire(["net": ("ada", ["src/net/**"]), "ui": ("ada", ["ui/**"])])
    try wire.agree(by: "bob", with: ["ada"], domains: ["net"])
    #expect(try isAllowed(wire, "src/net/a", for: "bob", after: week - 1))
    #expect(try !isAllowed(wire, "src/net/a", for: "bob", after: week))
    #expect(try !isAllowed(wire, "src/net/a", for: "cyd"))
    #expect(try !isAllowed(wire, "ui/a", for: "bob"))
    let until = wire.now.adding(seconds: 2 * week)
    let body: JSONObject = [
      "text": .string("x"), "domains": .strings(["ui"]), "until": .string(until.string),
    ]
    let id = try wire.write(
      Draft(.proposal, subject: "ui", body: .object(body)), by: "bob")
    #expect(try !isAllowed(wire, "ui/a", for: "bob"))
    try wire.decide(id, by: "bob", acks: [wire.ack(id, by: "ada")])
    #expect(try isAllowed(wire, "ui/a", for: "bob", after: 2 * week - 10))
    #expect(try !isAllowed(wire, "ui/a", for: "bob", after: 2 * week + 10))
  }

  @Test("a decision moves a domain, and says so")
  func moved() throws {
    var wire = try wire(["net": ("ada", ["src/net/**"])])
    let effects: JSONValue = .object([
      "domains": .object([
        "net": .object(["owner": .string("bob"), "paths": .strings(["src/net/**"])])
      ])
    ])
    let (proposal, _) = try wire.agree(by: "ada", with: ["bob", "cyd"], effects: effects)
    #expect(try isAllowed(wire, "src/net/a", for: "bob"))
    #expect(try !isAllowed(wire, "src/net/a", for: "ada"))
    let state = wire.state
    #expect(DomainRights(state, under: state.history).areas.map(\.origin) == [proposal])
  }

  @Test("what is no pattern covers nothing, however long it is")
  func unusable() throws {
    let long = String(repeating: "*a", count: 5_000)
    let wire = try wire(["net": ("ada", [long, "", "/", "../x", "a"])])
    #expect(try isAllowed(wire, "aaaa", for: "bob"))
    #expect(try !isAllowed(wire, "a", for: "bob"))
    let state = wire.state
    #expect(DomainRights(state, under: state.history).areas[0].unusable.count == 4)
  }
}
