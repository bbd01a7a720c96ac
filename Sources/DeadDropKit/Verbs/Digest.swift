import Host
import Protocol
import Wire
package import WireFormat

/// What is unread, without a word that a peer wrote: for who did not ask.
package struct Digest: Sendable {
  /// What one verified peer has written.
  package struct Sender: Sendable {
    package let handle: Handle
    package let tier: String
    package let count: Int
    package let incidentCount: Int
    /// The messages, oldest first; empty where there are more than may be listed unasked.
    package let eventIDs: [Bytes32]
    /// Whether it wrote more than may be listed.
    package var isFlood: Bool { eventIDs.isEmpty }

    package init(
      _ handle: Handle, tier: String, count: Int, incidentCount: Int, eventIDs: [Bytes32]
    ) {
      (self.handle, self.tier, self.count) = (handle, tier, count)
      (self.incidentCount, self.eventIDs) = (incidentCount, eventIDs)
    }
  }

  /// By handle.
  package let senders: [Sender]
  /// Lines of those whose key is not verified.
  package let heldBackCount: Int

  package init(senders: [Sender], heldBackCount: Int) {
    (self.senders, self.heldBackCount) = (senders, heldBackCount)
  }

  package var count: Int { senders.reduce(0) { $0 + $1.count } }
}

/// How much of one peer may be listed unasked: attention is limited, delivery is not.
package struct AttentionLimit: Sendable {
  package let count: Int
  package let seconds: Int

  package static let messages = AttentionLimit(count: 60, seconds: 60)
  package static let incidents = AttentionLimit(count: 6, seconds: 3_600)

  /// Whether lines of these times are too many: by the writer's stamps in any span of this length,
  /// or by their number since this agent last read, `elapsed` seconds ago.
  ///
  /// A writer that stretches its stamps meets the second rule, which is this machine's own clock.
  package func isExceeded(by stamps: [Int64], elapsed: Int64?) -> Bool {
    guard stamps.count > count else { return false }
    if let elapsed {
      let spans = max(1, (max(0, elapsed) + Int64(seconds) - 1) / Int64(seconds))
      if Int64(stamps.count) > Int64(count) * spans { return true }
    }
    let sorted = stamps.sorted()
    let span = Int64(seconds) * 1_000_000
    return sorted.indices.dropFirst(count).contains { sorted[$0] - sorted[$0 - count] < span }
  }
}

extension Session {
  /// What is unread for a session, by sender; marks nothing as read.
  package mutating func digest(session name: String) throws(KitError) -> Digest {
    let unread = try inbox(session: name, limit: nil, isPeek: true)
    let elapsed = try secondsSinceRead(session: name)
    var byWriter: [Handle: [ShownLine]] = [:]
    for line in unread.lines { byWriter[line.handle, default: []].append(line) }
    let senders = byWriter.sorted { $0.key < $1.key }.map { writer, lines in
      let messages = lines.compactMap(\.message)
      let incidents = messages.filter { $0.type.known == .incident }
      let isFlood =
        tier(of: writer) != .trusted
        && (AttentionLimit.messages.isExceeded(by: Self.stamps(messages), elapsed: elapsed)
          || AttentionLimit.incidents.isExceeded(by: Self.stamps(incidents), elapsed: elapsed))
      return Digest.Sender(
        writer, tier: tierLabel(of: writer), count: messages.count,
        incidentCount: incidents.count, eventIDs: isFlood ? [] : messages.map(\.eventID))
    }
    return Digest(
      senders: senders, heldBackCount: unread.heldBack.values.reduce(0, +))
  }

  private static func stamps(_ messages: [Message]) -> [Int64] {
    messages.map(\.timestamp.microseconds)
  }

  /// How long ago the cursor moved, by this machine's clock; nil where it never did.
  private func secondsSinceRead(session name: String) throws(KitError) -> Int64? {
    let moved: Int64?
    do throws(HostError) {
      moved = try state.subdirectoryIfThere(CursorSet.directoryName)?
        .status(of: "\(name).json")?.modifiedSeconds
    } catch { throw .host(error) }
    return moved.map { wallClock() / 1_000_000 - $0 }
  }
}
