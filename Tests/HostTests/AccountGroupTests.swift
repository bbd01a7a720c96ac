import Host
import Testing

@Suite("Groups of this machine")
struct AccountGroupTests {
  private static let table = Array(
    "root:x:0:\ndevs:x:1001:ada,bob\n\nbroken\ndevs2:x:1002:\nodd:x:-1:\nlarge:x:99999999999:\n"
      .utf8)

  @Test(
    "a name is found whole, in a whole line",
    arguments: [
      ("root", 0), ("devs", 1001), ("devs2", 1002), ("dev", nil), ("broken", nil), ("odd", nil),
      ("large", nil), ("", nil), ("ada", nil), ("x", nil),
    ] as [(String, UInt32?)])
  func name(name: String, number: UInt32?) {
    #expect(AccountGroup.number(of: name, in: Self.table) == number)
  }

  @Test("a number stands for itself, and root is of this machine")
  func machine() throws {
    #expect(try AccountGroup.number(of: "4711") == 4711)
    #expect(try AccountGroup.number(of: "root") == 0)
    #expect(try AccountGroup.number(of: "no such group here") == nil)
  }
}
