package import WireFormat

/// A part of the project that one agent decides about alone.
package struct Domain: Hashable, Sendable {
  package let owner: Handle
  /// Path patterns: `/`-separated, `*` within a segment, `**` for any number of segments.
  package let paths: [Text]

  package init(owner: Handle, paths: [Text]) {
    self.owner = owner
    self.paths = paths
  }

  init?(_ value: JSONValue) {
    guard let object = value.members, let owner = object["owner"]?.text.flatMap({ Handle($0) }),
      let paths = object["paths"]?.texts
    else { return nil }
    self.init(owner: owner, paths: paths)
  }

  /// Whether every entry has the shape that `table` reads.
  static func isTable(_ value: JSONValue) -> Bool {
    value.members?.members.allSatisfy { Domain($0.value) != nil } ?? false
  }

  /// Reads {name: {owner, paths}}; nil when any entry has another shape.
  package static func table(_ value: JSONValue?) -> [Text: Domain]? {
    guard let members = value?.members?.members else { return nil }
    var table: [Text: Domain] = [:]
    for member in members {
      guard let domain = Domain(member.value) else { return nil }
      table[member.key] = domain
    }
    return table
  }

  package static func value(of table: [Text: Domain]) -> JSONValue {
    var object = JSONObject()
    for (name, domain) in table {
      object[name] = .object([
        "owner": .string(domain.owner.name), "paths": .array(domain.paths.map { .string($0) }),
      ])
    }
    return .object(object)
  }
}
