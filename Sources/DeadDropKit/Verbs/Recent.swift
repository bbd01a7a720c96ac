import Host
import Protocol
import Wire
package import WireFormat

/// The last messages of a wire as they came, for who looks on.
///
/// Ordered by when this reader met them, but for the first look, which goes by their stamps: no
/// stamp of tomorrow keeps a message at the end for ever.
package struct RecentMessages: Sendable {
  package struct Entry: Equatable, Sendable {
    package let eventID: Bytes32
    package let from: Handle
    package let seq: Int
    package let type: Text
    /// Its beginning, where it is longer than any line.
    package let subject: Text
    package let isUrgent: Bool
    let pk: Bytes32
    fileprivate(set) var order = 0
  }

  /// What is kept of one chain, whether or not its writer is believed by now.
  fileprivate struct Tail {
    var entries: [Entry] = []
    var cursor: Cursor?
    var recoveryCount = 0
  }

  fileprivate let limit: Int
  fileprivate var tails: [Handle: Tail] = [:]
  private var nextOrder = 0
  private static let subjectLimit = 1_024

  /// At most so many of each writer are kept.
  package init(limit: Int) { self.limit = limit }

  /// Takes what is new, in the order in which it is to be shown.
  fileprivate mutating func take(_ news: [ShownLine]) {
    for line in news {
      guard let message = line.message else { continue }
      var entry = Entry(
        eventID: line.eventID, from: line.handle, seq: line.seq, type: Text(message.type.word),
        subject: Self.beginning(message.subject), isUrgent: message.priority == .high, pk: line.pk)
      entry.order = nextOrder
      nextOrder += 1
      tails[line.handle, default: Tail()].entries.append(entry)
    }
    for writer in tails.keys {
      let extra = (tails[writer]?.entries.count ?? 0) - limit
      if extra > 0 { tails[writer]?.entries.removeFirst(extra) }
    }
  }

  private static func beginning(_ subject: Text) -> Text {
    guard subject.utf8.count > subjectLimit else { return subject }
    return Text(String(subject.string.unicodeScalars.prefix(subjectLimit)))
  }

  /// How far a chain has to be read again: from the cursor, or its last lines.
  fileprivate func isWanted(_ seq: Int, of writer: Handle, head: Int) -> Bool {
    tails[writer]?.cursor.map { !$0.contains(seq) } ?? (seq > head - limit)
  }
}

extension Session {
  /// Reads what is new, and gives the messages of those who are believed now, oldest first.
  package mutating func recent(
    _ recent: inout RecentMessages
  ) throws(KitError) -> [RecentMessages.Entry] {
    var news: [[ShownLine]] = []
    for (writer, record) in reader.store.records where record.head.seq > 0 {
      if recent.tails[writer]?.recoveryCount ?? 0 != record.recoveries.count {
        recent.tails[writer] = RecentMessages.Tail()
        recent.tails[writer]?.recoveryCount = record.recoveries.count
      }
      let cursor = recent.tails[writer]?.cursor
      guard cursor.map({ $0.head != record.head }) ?? true else { continue }
      let known = recent
      let head = record.head.seq
      let lines =
        try KitError.lifting { () throws(HostError) in
          try ChainHistory.lines(
            of: writer, record, wire: genesis.id, from: cursor, shared
          ) { envelope in
            if case .chain(let seq, _) = envelope.place {
              known.isWanted(seq, of: writer, head: head)
            } else {
              false
            }
          }
        } ?? noteChanged(record.log)
      if let last = lines.last(where: { !$0.isAfterGap }) {
        recent.tails[writer, default: .init()].cursor = Cursor(past: last)
      }
      news.append(lines.filter { !$0.isAfterGap })
    }
    recent.take(Self.merge(news.filter { !$0.isEmpty }))
    let now = try wireState()
    let history = now.history
    return recent.tails.values.flatMap(\.entries)
      .filter {
        isTrusted($0.from, $0.pk, seq: $0.seq) && now.canCount($0.from, $0.seq, under: history)
      }
      .sorted { $0.order < $1.order }
  }
}
