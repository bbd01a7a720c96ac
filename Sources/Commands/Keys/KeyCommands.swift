import DeadDropKit
import Identity
import WireFormat

/// `deaddrop key show`: this agent's public key.
enum KeyShowCommand: Command {
  static let name = "key show"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Show this agent's public key and the digits to compare with each peer",
      notes: [
        "The 60 digits are the same on both sides. Compare them over another channel:",
        "deaddrop trust pin PEER --fingerprint DIGITS",
      ],
      examples: ["deaddrop key show"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    try invocation.withCaughtUpSession { (session: inout Session) throws(CommandFailure) in
      try CommandFailure.lifting { () throws(KitError) in
        let key = try session.signingKey().publicKey
        let own = session.handle
        let path = try KeyStore(session.places).file(of: key.bytes, own)
        var lines: [Line] = [
          "\(own, .strong) \(key.bytes.hex)", "  key id \(key.keyID(for: own.name))",
          "  file \(path)",
        ]
        var digits = JSONObject()
        for peer in try session.peers() {
          guard let pk = peer.key else { continue }
          let shown = Fingerprint.shown((own, key.bytes), (peer.handle, pk))
          lines += ["  with \(peer.handle):"] + TrustView.grouped(shown)
          digits[Text(peer.handle.name)] = .string(shown)
        }
        return Report(
          lines,
          json: [
            "handle": .string(own.name), "pk": .string(key.bytes.hex),
            "key_id": .string(key.keyID(for: own.name)), "file": .string(path),
            "fingerprints": .object(digits),
          ])
      }
    }
  }
}

/// `deaddrop key import`: takes over a key of the older tools.
enum KeyImportCommand: Command {
  static let name = "key import"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Take over a raw 32-byte key file; never replaces a key",
      arguments: [.one("file", "the key file, mode 0600")],
      options: [.value("handle", "HANDLE", "whose key it is", isRequired: true)],
      examples: [
        "deaddrop key import ~/.config/inter-agent-deaddrop/forge.key --handle forge"
      ])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let handle = try invocation.requiredHandle("handle")
    let path = try NamedFile.absolute(invocation.text("file"))
    return try CommandFailure.lifting { () throws(KitError) in
      let store = KeyStore(try PrivatePlaces.current())
      let key = try store.importKey(handle, from: path)
      var report = Report(
        ["\(handle) \(key.bytes.hex) in \(store.signingPath(handle))"],
        json: [
          "handle": .string(handle.name), "pk": .string(key.bytes.hex),
          "file": .string(store.signingPath(handle)),
        ])
      for other in try store.holders(of: key.bytes, besides: handle) {
        report.warn(
          "\(other) of this account has the same key: a wire that the one is on refuses the other; "
            + "for a key of its own: " + ShellWord.line(["rm", store.signingPath(handle)]) + " && "
            + ShellWord.deaddrop("key", "create", handle.name))
      }
      return report
    }
  }
}
