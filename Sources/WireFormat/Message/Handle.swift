/// An agent's name on a wire.
///
/// Shape: `[a-z0-9][a-z0-9_-]{0,30}[a-z0-9]`, without `_to_`, not `all`.
package struct Handle: Hashable, Sendable {
  package let name: String

  /// What is wrong with a name, so that a usage error can say the rule.
  package enum Flaw: Error, Equatable, Sendable {
    case length(Int)
    case characters
    case ends
    case separator
    case reserved
  }

  package init(_ name: String) throws(Flaw) {
    try Self.check(Array(name.utf8))
    self.name = name
  }

  /// Nil unless the bytes are a handle.
  package init?(_ text: Text) {
    guard (try? Self.check(text.utf8)) != nil else { return nil }
    name = text.string
  }

  /// Nil unless the bytes are a handle or `did:wire:` and a handle, which mean the same agent.
  package init?(sender text: Text) {
    let prefix = Array(Self.didPrefix.utf8)
    let rest = text.utf8.starts(with: prefix) ? Array(text.utf8.dropFirst(prefix.count)) : text.utf8
    self.init(Text(utf8: rest))
  }

  package static let didPrefix = "did:wire:"
  package var did: String { Self.didPrefix + name }

  private static func check(_ bytes: [UInt8]) throws(Flaw) {
    guard (2...32).contains(bytes.count) else { throw .length(bytes.count) }
    func isAlphanumeric(_ byte: UInt8) -> Bool {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
    for byte in bytes {
      guard isAlphanumeric(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") else {
        throw .characters
      }
    }
    guard isAlphanumeric(bytes[0]), isAlphanumeric(bytes[bytes.count - 1]) else { throw .ends }
    let separator = Array("_to_".utf8)
    for start in 0..<max(0, bytes.count - 3) where bytes[start..<start + 4].elementsEqual(separator)
    {
      throw .separator
    }
    guard bytes != Array("all".utf8) else { throw .reserved }
  }
}

extension Handle: Comparable {
  package static func < (left: Handle, right: Handle) -> Bool {
    left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
  }
}

extension Handle: CustomStringConvertible {
  package var description: String { name }
}

extension Handle.Flaw: CustomStringConvertible {
  package var description: String {
    switch self {
    case .length(let count): "a handle has 2 to 32 characters, this has \(count)"
    case .characters: "a handle has only a-z, 0-9, _ and -"
    case .ends: "a handle begins and ends with a letter or digit"
    case .separator: "a handle does not contain _to_, which separates names in log names"
    case .reserved: "`all` names every member and is no handle"
    }
  }
}
