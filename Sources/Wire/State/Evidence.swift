import Host
import Identity
package import WireFormat

/// What was refused or convicts somebody, kept whole and apart from the logs.
///
/// One canonical object a file:
///
///     {"handle", "lines": [{"bytes": base64, "line"}], "log", "reason", "wire"}
///
/// A line of an archived file has its path in the wire as `file`.
/// A fork has both lines, which prove it to anybody. A rollback has the line that was held: it
/// proves that its writer signed it; that the log no longer shows it is this reader's word.
package struct Evidence: Equatable, Sendable {
  package struct Exhibit: Equatable, Sendable {
    package let bytes: [UInt8]
    /// Where it stood in its file, from 1.
    package let line: Int
    /// The path of that file in the wire; nil for the log's own name.
    package let file: String?

    package init(bytes: [UInt8], line: Int, file: String? = nil) {
      (self.bytes, self.line, self.file) = (bytes, line, file)
    }
  }

  package let wire: Bytes32
  /// Whose log it was found in.
  package let handle: Handle
  package let log: String
  /// The raw value of a `LineFault` or of a `ChainVerdict`.
  package let reason: String
  package let exhibits: [Exhibit]

  package init(
    wire: Bytes32, handle: Handle, log: String, reason: String, exhibits: [Exhibit]
  ) {
    (self.wire, self.handle, self.log) = (wire, handle, log)
    self.reason = reason
    self.exhibits = exhibits.map {
      Exhibit(bytes: $0.bytes, line: $0.line, file: $0.file == log ? nil : $0.file)
    }
  }

  package static let directoryName = "evidence"
  /// Beyond so many files only proofs of forks and rollbacks are kept, so that no flood hides one.
  private static let fileLimit = 256

  /// Keeps it under a name made of its reason and content, so that the same is kept once.
  ///
  /// As far as it can be: what was met is reported in any case.
  func keep(_ state: borrowing PrivateState) {
    let isProof = reason == ChainVerdict.fork.rawValue || reason == ChainVerdict.rollback.rawValue
    let digest = SHA256Hasher.hash(exhibits.flatMap(\.bytes)).hex.prefix(16)
    let name = "\(reason)-\(digest).json"
    guard let directory = try? state.subdirectory(Self.directoryName),
      let names = try? directory.names(), names.count < Self.fileLimit || isProof,
      (try? directory.status(of: name))?.byteCount ?? 0 == 0
    else { return }
    try? directory.replaceFile(name, with: spelled, permissions: 0o600, durable: isProof)
  }

  private var object: JSONObject {
    [
      "handle": .string(handle.name),
      "lines": .array(
        exhibits.map {
          let bytes = Array($0.bytes.prefix(ReaderLimits.lineByteCount))
          return .object([
            "bytes": .string(Base64.encode(bytes)), "file": $0.file.map { .string($0) },
            "line": .integer($0.line),
          ])
        }),
      "log": .string(log), "reason": .string(reason), "wire": .string(wire.hex),
    ]
  }

  /// Nil for anything but a file that `keep` has written.
  package init?(_ bytes: [UInt8]) {
    guard let object = try? JSONParser.record(bytes),
      let wire = object["wire"]?.text.flatMap(Bytes32.init(hex:)),
      let handle = object["handle"]?.text.flatMap({ Handle($0) }), let log = object["log"]?.text,
      let reason = object["reason"]?.text, let lines = object["lines"]?.elements
    else { return nil }
    var exhibits: [Exhibit] = []
    for line in lines {
      guard let bytes = line.members?["bytes"]?.text.flatMap({ Base64.decode($0) }),
        let number = line.members?["line"]?.int
      else { return nil }
      let file = line.members?["file"]?.text?.string
      exhibits.append(Exhibit(bytes: bytes, line: number, file: file))
    }
    self.init(
      wire: wire, handle: handle, log: log.string, reason: reason.string, exhibits: exhibits)
    // One spelling: nothing beside what was kept, and nothing said twice.
    guard bytes == spelled else { return nil }
  }

  private var spelled: [UInt8] { CanonicalWriter.bytes(of: object) + [UInt8(ascii: "\n")] }
}
