package import Identity
package import WireFormat

/// What a proposal changes in the wire's own tables once it is ratified.
///
/// Shape: {`domains`: {name: {owner, paths} or null}, `tiers`: {name: {cadence_seconds}},
/// `members`: {`add`: [{handle, pk, log}], `remove`: [{handle, seq, event_id}],
/// `recover`: [{handle, seq, event_id, pk}]}}.
package struct Effects: Hashable, Sendable {
  /// The last line of a removed member's chain that stands.
  package struct Cut: Hashable, Sendable {
    package let seq: Int
    package let eventID: Bytes32
  }

  package enum MemberChange: Hashable, Sendable {
    case add(pk: Bytes32, log: String)
    case remove(Cut)
    case recover(KeyDirectory.Recovery)
  }

  /// A name that a decision can change; concurrent decisions are compared name by name.
  enum Name: Hashable {
    case domain(Text)
    case tier(Text)
    case member(Handle)
  }

  package private(set) var domains: [Text: Domain?] = [:]
  package private(set) var tiers: [Text: Tier] = [:]
  package private(set) var members: [Handle: MemberChange] = [:]

  /// Nil when the value has another shape, or changes one member twice.
  init?(_ value: JSONValue) {
    guard let object = value.members else { return nil }
    for member in object.members {
      switch member.key {
      case "domains":
        guard readDomains(member.value) else { return nil }
      case "tiers":
        guard let table = Tier.table(member.value) else { return nil }
        tiers = table
      case "members":
        guard readMembers(member.value) else { return nil }
      default: return nil
      }
    }
  }

  private mutating func readDomains(_ value: JSONValue) -> Bool {
    guard let entries = value.members?.members else { return false }
    for entry in entries {
      if entry.value == .null {
        domains.updateValue(nil, forKey: entry.key)
      } else if let domain = Domain(entry.value) {
        domains[entry.key] = domain
      } else {
        return false
      }
    }
    return true
  }

  private mutating func readMembers(_ value: JSONValue) -> Bool {
    guard let lists = value.members?.members else { return false }
    for list in lists {
      guard let items = list.value.elements else { return false }
      for item in items {
        guard let object = item.members,
          let handle = object["handle"]?.text.flatMap({ Handle($0) }),
          members[handle] == nil, let change = Self.change(list.key, object)
        else { return false }
        members[handle] = change
      }
    }
    return true
  }

  private static func change(_ verb: Text, _ object: JSONObject) -> MemberChange? {
    let pk = object["pk"]?.text.flatMap(Bytes32.init(hex:))
    let seq = object["seq"]?.int
    let eventID = object["event_id"]?.text.flatMap(Bytes32.init(hex:))
    switch verb {
    case "add":
      guard let pk, let log = object["log"]?.text?.string, LogName.isValid(log) else { return nil }
      return .add(pk: pk, log: log)
    case "remove":
      guard let seq, seq >= 0, let eventID else { return nil }
      return .remove(Cut(seq: seq, eventID: eventID))
    case "recover":
      guard let seq, seq >= 0, let eventID, let pk else { return nil }
      return .recover(.init(seq: seq, eventID: eventID, pk: pk))
    default: return nil
    }
  }

  /// The members whose chain this cuts; they have no say in it.
  package var cutMembers: Set<Handle> {
    Set(
      members.compactMap { handle, change in
        if case .add = change { nil } else { handle }
      })
  }

  var names: [Name] {
    domains.keys.map { .domain($0) } + tiers.keys.map { .tier($0) }
      + members.keys.map { .member($0) }
  }

  /// Applies the change of one name.
  func apply(_ name: Name, to tables: inout Tables) {
    switch name {
    case .domain(let key): if let domain = domains[key] { tables.domains[key] = domain }
    case .tier(let key): tables.tiers[key] = tiers[key] ?? tables.tiers[key]
    case .member(let handle):
      switch members[handle] {
      case .add: tables.members.insert(handle)
      case .remove: tables.members.remove(handle)
      case .recover, nil: break
      }
    }
  }
}
