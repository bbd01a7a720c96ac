package import Wire
package import WireFormat

extension TrustStore {
  /// How far a peer is believed; each holds what those before it do.
  package enum Tier: String, CaseIterable, Sendable {
    /// Its lines are verified and folded like anyone's, and held back from whoever reads.
    case untrusted = "UNTRUSTED"
    /// Its key was shown to be its own.
    case verified = "VERIFIED"
    /// Counted, not granted: see `Attestation`.
    case attested = "ATTESTED"
    /// Granted by the operator to an attested peer.
    case trusted = "TRUSTED"
  }

  /// How a key came to be believed.
  package enum Means: String, Sendable {
    case invite
    /// The other agent of the same person, made in the same act.
    case local
    case introduction
    case rotation
    /// Two people compared a code.
    case sas
    case operatorPin = "operator"
  }

  /// A key of a peer, and the places of its chain that it is good for.
  package struct Pin: Equatable, Sendable {
    package let pk: Bytes32
    /// The first seq that it is good for.
    package let fromSeq: Int
    /// The last line that is believed.
    ///
    /// Nil while there is no end; with a seq of 0 no line is.
    package internal(set) var cut: Head?
    package internal(set) var tier: Tier
    package let means: Means
    /// Who introduced it.
    package let by: Handle?
    /// Where the own chain ended then: what was done together before does not count.
    package let ownSeq: Int
    package let at: Timestamp

    package init(
      pk: Bytes32, fromSeq: Int, means: Means, by: Handle? = nil, ownSeq: Int, at: Timestamp
    ) {
      (self.pk, self.fromSeq, cut, tier) = (pk, fromSeq, nil, .verified)
      (self.means, self.by, self.ownSeq, self.at) = (means, by, ownSeq, at)
    }

    func covers(_ seq: Int) -> Bool { fromSeq <= seq && cut.map { seq <= $0.seq } ?? true }
  }
}

extension TrustStore.Tier: Comparable {
  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
}

extension TrustStore.Pin {
  var value: JSONValue {
    .object([
      "pk": .string(pk.hex), "from_seq": .integer(fromSeq), "how": .string(means.rawValue),
      "by": by.map { .string($0.name) }, "at": .string(at.string),
      "own_seq": ownSeq == 0 ? nil : .integer(ownSeq),
      "tier": tier == .verified ? nil : .string(tier.rawValue),
      "cut": cut.map {
        .object(["seq": .integer($0.seq), "event_id": .string($0.eventID.hex)])
      },
    ])
  }

  private static let keys: [Text] = [
    "pk", "from_seq", "how", "by", "at", "own_seq", "tier", "cut",
  ]

  /// Nil also for a key that is not known here: what it restricts must not be overlooked.
  init?(_ value: JSONValue) {
    guard let object = value.members, object.members.allSatisfy({ Self.keys.contains($0.key) }),
      let pk = object["pk"]?.text.flatMap(Bytes32.init(hex:)),
      let fromSeq = object["from_seq"]?.int, fromSeq >= 1,
      let at = object["at"]?.text.flatMap(Timestamp.init),
      let means = object["how"]?.text.flatMap({ TrustStore.Means(rawValue: $0.string) })
    else { return nil }
    var by: Handle?
    if let name = object["by"] {
      guard let handle = name.text.flatMap({ Handle($0) }) else { return nil }
      by = handle
    }
    var ownSeq = 0
    if let value = object["own_seq"] {
      guard let seq = value.int, seq >= 0 else { return nil }
      ownSeq = seq
    }
    self.init(pk: pk, fromSeq: fromSeq, means: means, by: by, ownSeq: ownSeq, at: at)
    if let value = object["tier"] {
      guard let tier = value.text.flatMap({ TrustStore.Tier(rawValue: $0.string) }),
        tier > .verified
      else { return nil }
      self.tier = tier
    }
    if let value = object["cut"] {
      guard let cut = Self.cut(value) else { return nil }
      self.cut = cut
    }
  }

  private static func cut(_ value: JSONValue) -> Head? {
    guard let object = value.members, object.members.count == 2, let seq = object["seq"]?.int,
      seq >= 0, let id = object["event_id"]?.text.flatMap(Bytes32.init(hex:))
    else { return nil }
    return Head(seq: seq, eventID: id)
  }
}
