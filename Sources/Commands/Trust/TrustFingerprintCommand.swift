import DeadDropKit
import WireFormat

/// `deaddrop trust fingerprint`: the digits that two people compare.
enum TrustFingerprintCommand: Command {
  static let name = "trust fingerprint"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Print the 60 digits to compare, the same on both sides",
      arguments: [.oneOrNone("peer", "with whom; with each peer without")],
      notes: [
        "Compare them by voice or another way that the host of the wire does not carry. Then:\n"
          + "deaddrop trust pin PEER --fingerprint DIGITS"
      ],
      examples: ["deaddrop trust fingerprint scribe"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let asked = try invocation.handle("peer")
    return try invocation.withCaughtUpSession { (session: inout Session) throws(CommandFailure) in
      var report = Report()
      let peers = try CommandFailure.lifting { () throws(KitError) in
        if let asked { try session.checkIsPeer(asked) }
        return try session.peers()
      }
      for peer in peers where asked.map({ $0 == peer.handle }) ?? (peer.key != nil) {
        let digits = try CommandFailure.lifting { () throws(KitError) in
          try session.fingerprint(with: peer.handle)
        }
        guard let digits else { throw CommandFailure(KitError.noCard(peer.handle)) }
        report.answer(
          ["\(peer.handle, .strong)"] + TrustView.grouped(digits),
          json: ["handle": .string(peer.handle.name), "fingerprint": .string(digits)])
      }
      return report
    }
  }
}
