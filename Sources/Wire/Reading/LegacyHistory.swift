package import Host
package import Identity
package import Protocol
package import WireFormat

/// A line that is older than the wire: history to look at, and nothing else.
package struct LegacyLine: Sendable {
  /// What is known of who wrote it.
  package enum Standing: Hashable, Sendable {
    /// No object, so not even an id can be told.
    case unreadable
    case unsigned
    /// Its key is in no list of keys that this agent has.
    case unknownKey
    /// The signature is by an active key of this agent's list.
    case verified
    /// What else the checks of older messages found.
    case refused(LegacyFault)
  }

  /// The file's name and the line's number in it.
  package let file: String
  package let number: Int
  package let bytes: [UInt8]
  /// Empty for what is unreadable.
  package let object: JSONObject
  /// Computed, whatever it says of itself; nil for what is unreadable.
  package let eventID: Bytes32?
  package let standing: Standing

  init(_ bytes: [UInt8], _ file: String, _ number: Int, _ trust: LegacyTrust) {
    (self.bytes, self.file, self.number) = (bytes, file, number)
    guard let object = try? JSONParser.object(bytes) else {
      (self.object, eventID, standing) = ([:], nil, .unreadable)
      return
    }
    self.object = object
    eventID = EventID.of(object)
    guard object[Field.signature.key] != nil else {
      standing = .unsigned
      return
    }
    standing =
      switch LegacySignature.check(bytes, trust: trust) {
      case .valid: .verified
      case .invalid(.unknownKey): .unknownKey
      case .invalid(let fault): .refused(fault)
      }
  }

  /// A field that is a text; who wrote it could put anything there.
  package func text(_ field: Field) -> Text? { object[field.key]?.text }

  /// The word, or the one that belongs to the kind.
  package var type: Text? {
    text(.type)
      ?? object[Field.kind.key]?.int.flatMap { MessageType(rawValue: $0) }.map { Text($0.word) }
  }
}

/// All lines that the genesis took over as they are: never folded, in no chain, unread by nobody.
package struct LegacyHistory: Sendable {
  /// By file and number; of one message in several places the first.
  package private(set) var lines: [LegacyLine] = []
  package private(set) var lineCount = 0
  /// Files that no longer begin with what the genesis covers.
  package private(set) var lost: [String] = []

  /// `keeps` false only counts.
  package init(
    _ shared: borrowing SharedDirectory, _ genesis: Genesis, trust: LegacyTrust? = nil,
    keeps: Bool = false
  ) throws(HostError) {
    var messages: Set<Bytes32> = []
    var decisions: Set<Bytes32> = []
    for (name, legacy) in genesis.legacy.sorted(by: { $0.key < $1.key }) {
      let found = try shared.openLog(name)
      guard let log = try found?.begun(behind: legacy) else {
        if found != nil || legacy.byteCount > 0 { lost.append(name) }
        continue
      }
      lineCount += log.layout.start.lineCount
      guard keeps, legacy.byteCount > 0 else { continue }
      _ = try LineStream.forEachLine(of: log, before: log.layout.start.offset) {
        (place, line) throws(HostError) in
        var bytes: [UInt8] = []
        if let line { bytes = line.bytes(in: 0..<line.count) }
        let old = LegacyLine(bytes, name, place.number, trust ?? .empty)
        // What was written down as decided is no message, whatever it looks like.
        let isDecision = name == SharedDirectory.decisionsName
        if let id = old.eventID,
          !(isDecision ? decisions.insert(id) : messages.insert(id)).inserted
        {
          return
        }
        lines.append(old)
      }
    }
  }
}
