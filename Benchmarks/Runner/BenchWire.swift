import DeadDropKit
import Host
import Protocol
import Wire
import WireFormat

/// A wire of two agents of one person, in a directory that holds all it needs.
struct BenchWire {
  let root: String
  let reader: Handle
  let writer: Handle

  var path: String { root + "/_coordination" }
  var places: PrivatePlaces { PrivatePlaces(keys: root + "/home/keys", states: root + "/home") }

  /// What the command has to be told to work here.
  func environment(as handle: Handle) -> [String: String] {
    [
      "DEADDROP_HOME": root + "/home", "DEADDROP_DIR": path, "DEADDROP_HANDLE": handle.name,
    ]
  }

  private init(root: String, _ members: [Handle] = []) throws {
    let names = members.isEmpty ? [try Handle("forge"), try Handle("scribe")] : members
    (self.root, reader, writer) = (root, names[0], names[1])
  }

  /// Founds the wire; both agents have read all there is.
  static func found(in root: String) throws -> BenchWire {
    let wire = try BenchWire(root: root)
    let request = Founding.Request(
      directory: wire.path, founder: wire.reader, peers: [wire.writer], domains: [:],
      tiers: TiersFile.standard, isLocal: true)
    _ = try Founding.found(request, in: wire.places)
    for handle in [wire.reader, wire.writer, wire.reader] { try wire.readAll(as: handle) }
    return wire
  }

  /// Founds a wire of more than two agents; each has read what the others began with.
  static func found(in root: String, _ members: [Handle]) throws -> BenchWire {
    let wire = try BenchWire(root: root, members)
    let request = Founding.Request(
      directory: wire.path, founder: wire.reader, peers: Array(members.dropFirst()), domains: [:],
      tiers: TiersFile.standard, isLocal: true)
    _ = try Founding.found(request, in: wire.places)
    for handle in members + [wire.reader] { try wire.readAll(as: handle) }
    return wire
  }

  func open(as handle: Handle) throws -> Session {
    try Session.open(directory: path, as: handle.name, in: places)
  }

  /// Where an agent's lines stand.
  func logPath(of handle: Handle) throws -> String {
    let members = try SharedDirectory.open(path).genesis().members
    guard let log = members.first(where: { $0.handle == handle })?.log else {
      throw BenchFailure("\(handle) is no member")
    }
    return path + "/" + log
  }

  func readAll(as handle: Handle) throws {
    var session = try open(as: handle)
    _ = try session.catchUp()
    _ = try session.inbox(session: Session.defaultSession, limit: nil, isPeek: false)
    _ = try session.commitRead()
  }

  /// Marks everything as shown to the reader without showing it.
  func skipAll() throws {
    var session = try open(as: reader)
    _ = try session.catchUp()
    guard let record = session.reader.store.records[writer] else { return }
    var cursors = CursorSet()
    for seq in 1...max(1, record.head.seq) {
      cursors.cursors[writer, default: Cursor()]
        .mark(seq, eventID: record.head.eventID, end: record.end)
    }
    try cursors.save(session.state, session: Session.defaultSession)
    try readAll(as: reader)
  }

  /// The same wire at another place; its first reading there finds other files and reads all.
  func copy(to other: String) throws -> BenchWire {
    try Child.run(["cp", "-a", root, other])
    let wire = try BenchWire(root: other)
    try wire.readAll(as: reader)
    return wire
  }

  /// A message such as agents send; its line has about 700 bytes, or as many more as are asked for.
  func draft(by handle: Handle, extraByteCount: Int = 0) throws -> Draft {
    let other = handle == reader ? writer : reader
    let body = BenchText.body + String(repeating: "x", count: extraByteCount)
    return Draft(
      .request, subject: Text(BenchText.subject), body: .string(body),
      to: Recipients([other]) ?? .everyone)
  }
}

/// What every message of the benchmarks says, whoever writes it.
enum BenchText {
  static let subject = "review the parser"
  static let body = "Does it keep comments? By noon."
  /// As long as what agents write to each other mostly is.
  static let long = String(repeating: body + " ", count: 10)
}
