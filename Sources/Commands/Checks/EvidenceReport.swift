import DeadDropKit
import Wire
import WireFormat

/// What `verify --evidence FILE` says.
enum EvidenceReport {
  private static let byteLimit = 1 << 22

  static func make(_ path: String) throws(CommandFailure) -> Report {
    let bytes = try NamedFile.read(path, limit: byteLimit)
    let (evidence, finding) = try CommandFailure.lifting { () throws(KitError) in
      try Verification.evidence(bytes, from: path)
    }
    let verdict: Line =
      finding.holds ? Line("it holds", .good) : Line("it proves nothing", .bad)
    let lines: [Line] = [
      "\(evidence.reason, .strong) in \(evidence.log) of \(evidence.handle), line "
        + "\(numbers(evidence))",
      "wire \(evidence.wire.hex)",
      verdict + ": \(words(finding))",
    ]
    let json: JSONObject = [
      "handle": .string(evidence.handle.name), "holds": .bool(finding.holds),
      "log": .string(evidence.log), "reason": .string(evidence.reason),
      "finding": .string(words(finding)), "wire": .string(evidence.wire.hex),
    ]
    return Report(lines, json: json, code: finding.holds ? .done : .unsafe)
  }

  private static func numbers(_ evidence: Evidence) -> String {
    evidence.exhibits.map { exhibit in
      exhibit.file.map { "\(exhibit.line) of \($0)" } ?? String(exhibit.line)
    }.joined(separator: " and ")
  }

  private static func words(_ finding: EvidenceFinding) -> String {
    switch finding {
    case .fork(let signer, let seq):
      "the key \(signer.hex) signed two lines that cannot both follow line \(seq - 1) of a chain"
    case .signed(let signer, let seq):
      "the key \(signer.hex) signed this as line \(seq); that the log no longer shows it is the "
        + "word of the one who kept it"
    case .refused(let fault): "the line is \(fault.rawValue) for whoever looks at it"
    case .needsWire: "a good line; why it was refused lies in the wire around it"
    case .nothing(let why): why
    }
  }
}
