import Testing
import WireFormat

@Suite("Recipients are everyone or a sorted list of handles")
struct RecipientsTests {
  private static func read(_ json: String) throws -> Recipients? {
    Recipients(try JSONParser.value(Array(json.utf8)))
  }

  @Test(
    "a list is read and written back as it stands",
    arguments: [
      #"["*"]"#, #"["forge"]"#, #"["forge","scribe"]"#, #"["0b","a-b","a0","a_b","aa"]"#,
    ])
  func good(_ json: String) throws {
    let recipients = try #require(try Self.read(json))
    #expect(CanonicalWriter.bytes(of: recipients.value) == Array(json.utf8))
    #expect((recipients == .everyone) == (json == #"["*"]"#))
  }

  @Test(
    "any other value is no list of recipients",
    arguments: [
      "[]", "null", "true", "7", #""*""#, #""forge""#, "{}", #"["scribe","forge"]"#,
      #"["forge","forge"]"#, #"["*","forge"]"#, #"["forge","*"]"#, #"["*","*"]"#, #"["all"]"#,
      #"["Forge"]"#, #"["forge",7]"#, #"["forge",null]"#, #"[["forge"]]"#, #"["did:wire:forge"]"#,
      #"["a_to_b"]"#, #"[""]"#, #"["x"]"#, #"["**"]"#,
    ])
  func bad(_ json: String) throws {
    #expect(try Self.read(json) == nil)
  }

  @Test("an absent value is no list of recipients")
  func absent() { #expect(Recipients(JSONValue?.none) == nil) }

  @Test("a list of handles is sorted and its repeats dropped")
  func sorted() throws {
    let handles = try ["scribe", "ada", "forge", "ada"].map { try Handle($0) }
    let recipients = try #require(Recipients(handles))
    #expect(recipients.value == .strings(["ada", "forge", "scribe"]))
    #expect(Recipients(recipients.value) == recipients)
  }

  @Test("a message to nobody is no message")
  func nobody() {
    #expect(Recipients([Handle]()) == nil)
  }

  @Test("a list includes its handles, and everyone is everyone")
  func include() throws {
    let (ada, forge) = (try Handle("ada"), try Handle("forge"))
    let one = try #require(Recipients([ada]))
    #expect(one.include(ada) && !one.include(forge))
    #expect(Recipients.everyone.include(forge))
  }
}
