import Protocol
import Wire
import WireFormat

/// What an agent is told of its claims, once: that one is lost, taken over, or holds again.
///
/// `claims.json` in its private state has the ids that were told of.
extension Session {
  private static let toldName = "claims.json"

  mutating func tellLostClaims(_ report: inout CatchUp) throws(KitError) {
    let now = try wireState()
    let own = now.claims.open(of: handle)
    let before = loadTold()
    guard !own.isEmpty || !before.isEmpty else { return }
    let standings = now.claimStandings(under: now.history)
    var told: Set<Bytes32> = []
    for claim in own {
      let id = claim.eventID
      let words = "claim \(id.hex.prefix(12)) on \(claim.resource.words)"
      let isTold = before.contains(id)
      if let taker = standings.takenOver[id].flatMap({ now.claims.claim(of: $0) }) {
        told.insert(id)
        if !isTold { report.notes.append("\(words) is lost: \(taker.holder) took it over") }
        continue
      }
      guard let entry = standings.entries.first(where: { $0.claim.eventID == id }) else { continue }
      if let winner = entry.status.winner.flatMap({ now.claims.claim(of: $0) }) {
        told.insert(id)
        if !isTold { report.notes.append("\(words) is lost to \(winner.holder)") }
      } else if isTold, entry.status == .holds {
        report.notes.append("\(words) holds again")
      }
    }
    guard told != before else { return }
    let object: JSONObject = ["told": .strings(told.sorted().map(\.hex))]
    try KitError.liftingWire { () throws(WireError) in
      try state.write(object, to: Self.toldName, durable: false)
    }
  }

  /// Where the file is gone or damaged, it is told once more.
  private func loadTold() -> Set<Bytes32> {
    let object = try? state.readObject(Self.toldName)
    return Set(object?["told"]?.texts?.compactMap(Bytes32.init(hex:)) ?? [])
  }
}
