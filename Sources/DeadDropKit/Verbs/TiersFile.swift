package import Protocol
package import WireFormat

/// The heartbeat tiers as a file: `tiers.json`.
///
/// Shape: {`schema_version`, `tiers`: {name: {cadence_seconds, trigger}}, `idle_cycles`}.
package enum TiersFile {
  /// Every tier that a wire must have, with its default cadence and when it is entered.
  private static let defaults: [(name: Text, seconds: Int, trigger: String)] = [
    ("T0_HEADS_DOWN", 30, "an open conflict or a declared multi-edit cycle"),
    ("T1_active", 90, "default; any message from or to a peer"),
    ("T2_idle", 270, "3 idle cycles in T1 with an empty inbox"),
    ("T3_long_idle", 1200, "9 idle cycles in T2 with an empty inbox"),
  ]

  package static var standard: [Text: Tier] {
    defaults.reduce(into: [:]) { $0[$1.name] = Tier(cadenceSeconds: $1.seconds) }
  }

  /// Reads the tiers of a file for `init`; throws what is missing, unknown or out of range, by
  /// name.
  package static func read(_ bytes: [UInt8], from file: String) throws(KitError) -> [Text: Tier] {
    let object: JSONObject
    do { object = try JSONParser.record(bytes) } catch {
      throw .tables(file, "not JSON (\(error.reason.rawValue) at byte \(error.offset))")
    }
    guard let entries = object["tiers"]?.members else { throw .tables(file, "no field tiers") }
    var tiers: [Text: Tier] = [:]
    for entry in entries.members {
      guard defaults.contains(where: { $0.name == entry.key }) else {
        throw .tables(file, "unknown tier \(entry.key.string)")
      }
      guard let seconds = entry.value.members?["cadence_seconds"]?.int,
        Tier.range.contains(seconds)
      else {
        throw .tables(file, "\(entry.key.string): cadence_seconds must be 1 to 86400")
      }
      tiers[entry.key] = Tier(cadenceSeconds: seconds)
    }
    for tier in defaults where tiers[tier.name] == nil {
      throw .tables(file, "tier \(tier.name.string) is missing")
    }
    return tiers
  }

  static func bytes(of tiers: [Text: Tier]) -> [UInt8] {
    var entries = JSONObject()
    for tier in defaults {
      entries[tier.name] = .object([
        "cadence_seconds": .integer(tiers[tier.name]?.cadenceSeconds ?? tier.seconds),
        "trigger": .string(tier.trigger),
      ])
    }
    let object: JSONObject = [
      "schema_version": .integer(1), "tiers": .object(entries),
      "idle_cycles": .object(["T1_active": .integer(3), "T2_idle": .integer(9)]),
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
