package import WireFormat

/// A heartbeat cadence by name.
package struct Tier: Hashable, Sendable {
  package static let range = 1...86_400

  /// From 1 to 86,400; what a wire says beyond is the nearest of them.
  package let cadenceSeconds: Int

  package init(cadenceSeconds: Int) {
    self.cadenceSeconds = min(max(cadenceSeconds, Self.range.lowerBound), Self.range.upperBound)
  }

  /// Whether every entry has the shape that `table` reads.
  static func isTable(_ value: JSONValue) -> Bool {
    value.members?.members.allSatisfy { Tier($0.value) != nil } ?? false
  }

  private init?(_ value: JSONValue) {
    guard let seconds = value.members?["cadence_seconds"]?.int else { return nil }
    self.init(cadenceSeconds: seconds)
  }

  /// Reads {name: {cadence_seconds}}; nil when any entry has another shape.
  package static func table(_ value: JSONValue?) -> [Text: Tier]? {
    guard let members = value?.members?.members else { return nil }
    var table: [Text: Tier] = [:]
    for member in members {
      guard let tier = Tier(member.value) else { return nil }
      table[member.key] = tier
    }
    return table
  }

  package static func value(of table: [Text: Tier]) -> JSONValue {
    var object = JSONObject()
    for (name, tier) in table {
      object[name] = .object(["cadence_seconds": .integer(tier.cadenceSeconds)])
    }
    return .object(object)
  }
}

/// Who is a member and who owns what, at one point of the wire's decisions.
package struct Tables: Equatable, Sendable {
  package internal(set) var members: Set<Handle>
  package internal(set) var domains: [Text: Domain]
  package internal(set) var tiers: [Text: Tier]

  package init(_ genesis: Genesis) {
    members = Set(genesis.members.map(\.handle))
    domains = genesis.domains
    tiers = genesis.tiers
  }
}

extension Tables {
  /// How long the owners of a proposal may be silent: two heartbeats of the tier that every agent
  /// is in by default.
  package var patienceSeconds: Int { 2 * heartbeatSeconds }
}
