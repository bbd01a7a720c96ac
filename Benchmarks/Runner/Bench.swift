import Host

/// What all rows share: the plan, and directories to work in.
struct Bench {
  let plan: Plan

  static let noPython = "there is no Python with PyNaCl"
  static let noMemory = "there is no file system in memory"

  func rows() throws -> [Row] {
    var rows: [Row] = []
    let logs = Logs(self)
    for group in Plan.Group.allCases where plan.groups.contains(group) {
      say("measuring: \(group)")
      switch group {
      case .send: rows += try SendRows(bench: self).measure()
      case .write: rows += try WriteRows(bench: self).measure()
      case .audit: rows += try AuditRows(bench: self, logs: logs).measure()
      case .read: rows += try ReadRows(bench: self, logs: logs).measure()
      case .watch: rows += try WatchRows(bench: self).measure()
      case .fold: rows += try FoldRows(bench: self).measure()
      case .memory: rows += try MemoryRows(bench: self).measure()
      case .daemon: rows += try DaemonRows(bench: self).measure()
      case .size: rows.append(try size())
      }
    }
    return rows
  }

  private func size() throws -> Row {
    var row = Row("size", "binary, stripped", .atMost(10e6), .bytes)
    row.measured = Measure([Double(try byteCount(of: plan.binary))], .bytes)
    row.judged = row.measured
    return row
  }

  /// Tells how far the run has come.
  func say(_ words: String) { try? StandardStreams.writeError(Array("bench: \(words)\n".utf8)) }

  func newDirectory(_ name: String) throws -> String {
    try newDirectory(name, in: plan.scratch)
  }

  func newDirectory(_ name: String, in parent: String) throws -> String {
    _ = try Directory.createPath(parent + "/" + name)
    return parent + "/" + name
  }

  func newWire(_ name: String) throws -> BenchWire {
    try BenchWire.found(in: plan.scratch + "/" + name)
  }

  func remove(_ wire: BenchWire) throws { try Child.run(["rm", "-rf", wire.root]) }

  func byteCount(of path: String) throws -> Int64 {
    let parts = path.split(separator: "/")
    let parent = "/" + parts.dropLast().joined(separator: "/")
    let directory = try Directory.open(parent, followLast: true)
    return try directory.status(of: String(parts.last ?? ""))?.byteCount ?? 0
  }

  /// Ends the run when what was measured did not leave a wire that verifies.
  func requireSound(_ wire: BenchWire) throws {
    try Child.run(
      [plan.binary, "verify", "--outsider", "--every-signature"],
      environment: wire.environment(as: wire.reader))
  }
}
