import Identity
import WireFormat

/// `deaddrop plumbing sas-v31`: the six digits that v3.1 had people compare.
enum PlumbingShortCode: Command {
  static let name = "plumbing sas-v31"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Print the six digits by which v3.1 compared two identities",
      arguments: [
        .one("did", "the first identity, such as did:wire:forge"),
        .one("key", "its public key in base64"),
        .one("other-did", "the second identity, in any order"),
        .one("other-key", "its public key in base64"),
      ],
      notes: [
        """
        Weak: two keys with one code are found in a fraction of a second. For talking to
        peers of v3.1 only; v3.2 compares 60 digits.
        """
      ],
      examples: [
        "deaddrop plumbing sas-v31 \\\n"
          + "    did:wire:forge Lf/xxyiU5iQvCy8PAzOZbfPMQp2aJl1BIMJJtmhzR8A= \\\n"
          + "    did:wire:scribe cmhBsDQUu5s3kwe8vOrOoDPqofhCeRKGttSERGwyGdw="
      ])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let key = try PlumbingKeyID.key(invocation.text("key"), "KEY")
    let other = try PlumbingKeyID.key(invocation.text("other-key"), "OTHER-KEY")
    let code = ShortCode.v31(
      try invocation.text("did"), key.bytes, try invocation.text("other-did"), other.bytes)
    var report = Report([Line(code)], json: ["sas": .string(code)])
    report.warn("this code is weak: two keys with the same one are found in a fraction of a second")
    return report
  }
}
