import DeadDropKit
import Identity
import WireFormat

/// `deaddrop key create`: a key for an agent that is on no wire yet.
enum KeyCreateCommand: Command {
  static let name = "key create"
  /// The name that PROTOCOL.md has for the holder of a key that is no agent's.
  private static let operatorName = "operator"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Make a key for an agent before it joins; never replaces one",
      arguments: [.one("agent", "whose key it is")],
      notes: [
        "To be added to a wire that is there already, give handle and key to one of its members, over a\n"
          + "way on which nobody can change them. A key that is there already is shown."
      ],
      examples: ["deaddrop key create mason"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let handle = try invocation.requiredHandle("agent")
    return try CommandFailure.lifting { () throws(KitError) in
      let store = KeyStore(try PrivatePlaces.current())
      let pk = try store.ensureSigningKey(handle).publicKey.bytes
      var report = Report(
        ["\(handle) \(pk.hex) in \(store.signingPath(handle))"],
        json: [
          "handle": .string(handle.name), "pk": .string(pk.hex),
          "file": .string(store.signingPath(handle)),
        ])
      report.note(
        handle.name == operatorName
          ? "a wire that is founded names it by: "
            + ShellWord.deaddrop(
              "init", "--handle", "HANDLE", "--peer", "PEER", "--operator", pk.hex)
          : "a member adds it by: " + ShellWord.deaddrop("invite", handle.name, "--key", pk.hex))
      return report
    }
  }
}
