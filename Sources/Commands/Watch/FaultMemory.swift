import DeadDropKit
import Wire
import WireFormat

/// What a command that stays has told of what it met: it tells the same thing once.
struct FaultMemory {
  private var broken: [Handle: ChainVerdict] = [:]
  private var changedLogs: Set<String> = []
  private var heldBack: Set<Handle> = []
  private var revoked: Set<Handle> = []

  /// What a look met that was not told before.
  mutating func items(of met: CatchUp, _ changed: [String]) -> [ReportItem] {
    var news = met
    news.broken.removeAll { broken[$0.handle] == $0.verdict }
    broken = [:]
    for (handle, _, verdict) in met.broken { broken[handle] = verdict }
    return news.items
      + changed.filter { changedLogs.insert($0).inserted }.map { .changedLog($0) }
  }

  /// Of whom something is not shown, each peer once.
  mutating func items(of inbox: Inbox) -> [ReportItem] {
    var items: [ReportItem] = []
    for (peer, count) in inbox.heldBack.sorted(by: { $0.key < $1.key })
    where heldBack.insert(peer).inserted {
      items.append(.heldBack(count, of: peer))
    }
    for (peer, count) in inbox.revoked.sorted(by: { $0.key < $1.key })
    where revoked.insert(peer).inserted {
      items.append(.revoked(count, of: peer))
    }
    return items
  }
}

extension ReportItem {
  static func heldBack(_ count: Int, of peer: Handle) -> ReportItem {
    .warning(
      counted(count, "message") + " of \(peer) held back, its key is not verified: "
        + ShellWord.deaddrop("trust", "sas", peer.name))
  }

  static func revoked(_ count: Int, of peer: Handle) -> ReportItem {
    .warning(
      counted(count, "message") + " of \(peer) not shown, by your revocation: "
        + ShellWord.deaddrop("trust", "show", peer.name))
  }

  static func changedLog(_ log: String) -> ReportItem { .warning(words(ofChanged: log)) }

  static func words(ofChanged log: String) -> String {
    "\(log): changed since it was verified, none of it is shown: deaddrop verify"
  }
}
