import Host
package import Protocol
import Wire
package import WireFormat

/// Judges what git is about to commit: append-only logs, domains and claims.
package enum CommitGuard {
  /// One path that may not be committed as it is.
  package struct Refusal: Sendable {
    package enum Reason: Sendable {
      /// A clause that says what is done to a log.
      case log(String)
      case domain([DomainRights.Area])
      case claim(ClaimStandings.Entry)
    }

    /// By its bytes, relative to the root of the work tree.
    package let path: [UInt8]
    package let reason: Reason
  }

  package struct Outcome: Sendable {
    /// The agent for whom domains and claims were judged.
    package var handle: Handle?
    package var refusals: [Refusal] = []
    /// What settling did, and what was not looked at, and why.
    package var notes: [String] = []
  }

  /// Judges the index of the repository around the current directory.
  ///
  /// Without a wire, or an agent on it, or where it is broken, logs alone: all are notes. Throws
  /// where git cannot be asked although there is a wire.
  package static func judge(
    directory: String?, as name: String?, in places: PrivatePlaces? = nil
  ) throws(KitError) -> Outcome {
    var outcome = Outcome()
    let wire: String
    do { wire = try WireLocation.find(explicit: directory) } catch {
      outcome.notes.append("domains and claims are not checked: \(error)")
      // A wire that stands deeper is not found from the root, where git runs its hooks.
      guard let staged = try? StagedChanges.read() else { return outcome }
      let anywhere = LogGuard(places: .named(Array(WireLocation.directoryName.utf8)))
      try guardLogs(anywhere, staged, &outcome)
      return outcome
    }
    let staged = try StagedChanges.read()
    let logs = LogGuard(places: try place(of: wire))
    try guardLogs(logs, staged, &outcome)
    let paths = staged.own.map(\.path).filter { !logs.isOfWire($0) }
    guard !paths.isEmpty else { return outcome }
    do throws(KitError) {
      try judge(paths, directory: directory, as: name, in: places, &outcome)
    } catch {
      outcome.notes.append("domains and claims are not checked: \(error)")
    }
    return outcome
  }

  private static func guardLogs(
    _ logs: LogGuard, _ staged: StagedChanges, _ outcome: inout Outcome
  ) throws(KitError) {
    var seen: Set<[UInt8]> = []
    for changes in staged.byParent {
      for (path, what) in try logs.breaches(in: changes) where seen.insert(path).inserted {
        outcome.refusals.append(Refusal(path: path, reason: .log(what)))
      }
    }
  }

  private static func judge(
    _ paths: [[UInt8]], directory: String?, as name: String?, in places: PrivatePlaces?,
    _ outcome: inout Outcome
  ) throws(KitError) {
    var session = try Session.open(directory: directory, as: name, in: places)
    outcome.handle = session.handle
    let report = try session.catchUp()
    outcome.notes += report.notes
    if report.isUnsafe { outcome.notes.append("the wire is not as it should be: deaddrop doctor") }
    let rights = try session.pathRights()
    for bytes in paths {
      guard let path = ProjectPath(bytes) else { continue }
      let finding = rights.finding(on: path)
      if case .foreign(let areas) = finding.domain {
        outcome.refusals.append(Refusal(path: bytes, reason: .domain(areas)))
      } else if let claim = finding.claim {
        outcome.refusals.append(Refusal(path: bytes, reason: .claim(claim)))
      }
    }
  }

  /// Where the wire's files are in the work tree: where it is found, and under its usual name.
  private static func place(of wire: String) throws(KitError) -> LogGuard.Places {
    let usual = Array(WireLocation.directoryName.utf8)
    guard let root = try Git.line(["rev-parse", "--show-toplevel"]) else {
      return .folders([usual])
    }
    if let tree = try? Directory.open(root, followLast: true).status(),
      let held = try? Directory.open(wire, followLast: true).status(), held.isSameFile(as: tree)
    {
      return .root
    }
    var roots = [root]
    // In a linked work tree the wire that is found is that of the main one.
    if let slash = wire.lastIndex(of: "/"),
      let main = GitWorkTree.enclosing(String(wire[..<slash]))
    {
      roots.append(main.root)
    }
    let folders = roots.filter { wire.hasPrefix($0 + "/") }
      .map { Array(wire.dropFirst($0.count + 1).utf8) }
    return .folders(folders + [usual])
  }
}
