package import Protocol
package import WireFormat

/// The heartbeat tiers as a file: `tiers.json`.
///
/// Shape: {`schema_version`, `tiers`: {name: {cadence_seconds, trigger}}, `idle_cycles`}.
package enum TiersFile {
  /// What such a file says.
  package struct Content: Equatable, Sendable {
    package var tiers: [Text: Tier]
    package var idleCycles: IdleCycles

    package init(tiers: [Text: Tier], idleCycles: IdleCycles = IdleCycles()) {
      (self.tiers, self.idleCycles) = (tiers, idleCycles)
    }
  }

  private static func trigger(_ tier: TierName, _ cycles: IdleCycles) -> String {
    switch tier {
    case .headsDown: "an open conflict or a declared multi-edit cycle"
    case .active: "default; any message from or to a peer"
    case .idle: "\(cycles.active) idle cycles in T1 with an empty inbox"
    case .longIdle: "\(cycles.idle) idle cycles in T2 with an empty inbox"
    }
  }

  package static var standard: [Text: Tier] {
    TierName.allCases.reduce(into: [:]) {
      $0[$1.text] = Tier(cadenceSeconds: $1.defaultSeconds)
    }
  }

  /// Reads the tiers of a file for `init`; throws what is missing, unknown or out of range, by
  /// name.
  package static func read(_ bytes: [UInt8], from file: String) throws(KitError) -> Content {
    let object: JSONObject
    do { object = try JSONParser.record(bytes) } catch {
      throw .tables(file, "not JSON (\(error.reason.rawValue) at byte \(error.offset))")
    }
    guard let entries = object["tiers"]?.members else { throw .tables(file, "no field tiers") }
    var tiers: [Text: Tier] = [:]
    for entry in entries.members {
      guard TierName(rawValue: entry.key.string) != nil else {
        throw .tables(file, "unknown tier \(entry.key.string)")
      }
      guard let seconds = entry.value.members?["cadence_seconds"]?.int,
        Tier.range.contains(seconds)
      else {
        throw .tables(file, "\(entry.key.string): cadence_seconds must be 1 to 86400")
      }
      tiers[entry.key] = Tier(cadenceSeconds: seconds)
    }
    for tier in TierName.allCases where tiers[tier.text] == nil {
      throw .tables(file, "tier \(tier.rawValue) is missing")
    }
    return Content(tiers: tiers, idleCycles: try cycles(object["idle_cycles"], from: file))
  }

  private static func cycles(
    _ value: JSONValue?, from file: String
  ) throws(KitError) -> IdleCycles {
    guard let value else { return IdleCycles() }
    guard let entries = value.members?.members else {
      throw .tables(file, "idle_cycles is no object")
    }
    for entry in entries {
      guard entry.key == TierName.active.text || entry.key == TierName.idle.text else {
        throw .tables(file, "idle_cycles: unknown tier \(entry.key.string)")
      }
      guard let count = entry.value.int, IdleCycles.range.contains(count) else {
        throw .tables(file, "idle_cycles: \(entry.key.string) must be 1 to 1000")
      }
    }
    return IdleCycles(value)
  }

  static func bytes(of tiers: [Text: Tier], _ cycles: IdleCycles) -> [UInt8] {
    var entries = JSONObject()
    for tier in TierName.allCases {
      entries[tier.text] = .object([
        "cadence_seconds": .integer(tiers[tier.text]?.cadenceSeconds ?? tier.defaultSeconds),
        "trigger": .string(trigger(tier, cycles)),
      ])
    }
    let object: JSONObject = [
      "schema_version": .integer(1), "tiers": .object(entries),
      "idle_cycles": cycles.value,
    ]
    return CanonicalWriter.bytes(of: object) + [UInt8(ascii: "\n")]
  }
}

/// The domains that `init --domains` reads: {name: {owner, paths}}.
package enum DomainsFile {
  package static func read(
    _ bytes: [UInt8], from file: String, members: [Handle]
  ) throws(KitError) -> [Text: Domain] {
    let object: JSONObject
    do { object = try JSONParser.record(bytes) } catch {
      throw .tables(file, "not JSON (\(error.reason.rawValue) at byte \(error.offset))")
    }
    guard let table = Domain.table(.object(object)) else {
      throw .tables(file, "each domain is {\"owner\": HANDLE, \"paths\": [PATTERN]}")
    }
    for (name, domain) in table where !members.contains(domain.owner) {
      throw .tables(file, "domain \(name.string): \(domain.owner) is no member")
    }
    for (name, domain) in table {
      guard let path = domain.paths.first(where: { PathPattern($0) == nil }) else { continue }
      throw .tables(file, "domain \(name.string): \(path.string) is no pattern")
    }
    return table
  }
}
