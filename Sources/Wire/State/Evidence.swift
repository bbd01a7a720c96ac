import Host
import Identity
import WireFormat

/// Lines that were refused, kept whole and apart from the logs, so that nobody can say they never
/// were.
package enum Evidence {
  private static let directoryName = "evidence"
  /// Beyond so many files only proofs of forks and rollbacks are kept, so that no flood hides one.
  private static let fileLimit = 256

  /// Keeps one line, named by its reason and content, so that the same line is kept once.
  package static func keep(
    _ bytes: [UInt8], log: String, line: Int, reason: String, _ state: borrowing PrivateState
  ) {
    let isProof = reason == ChainVerdict.fork.rawValue || reason == ChainVerdict.rollback.rawValue
    let digest = SHA256Hasher.hash(bytes).hex.prefix(16)
    let object: JSONObject = [
      "bytes": .string(Base64.encode(Array(bytes.prefix(ReaderLimits.lineByteCount)))),
      "line": .integer(line), "log": .string(log), "reason": .string(reason),
    ]
    // Evidence is kept as far as it can be; what was met is reported in any case.
    guard let directory = try? state.subdirectory(directoryName),
      let names = try? directory.names(), names.count < fileLimit || isProof,
      !names.contains("\(reason)-\(digest).json")
    else { return }
    try? directory.replaceFile(
      "\(reason)-\(digest).json", with: CanonicalWriter.bytes(of: object), permissions: 0o600,
      durable: false)
  }
}
