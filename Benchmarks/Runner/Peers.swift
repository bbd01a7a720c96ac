import DeadDropKit
import Host
import Protocol
import WireFormat

/// What the rows are held against: the C and Python programs of `Benchmarks/baseline`.
struct Peers {
  private let plan: Plan
  private let keyPath: String
  private let wireID: String

  init(_ plan: Plan, for wire: BenchWire) throws {
    self.plan = plan
    let session = try wire.open(as: wire.reader)
    keyPath = "\(wire.places.keys)/\(wire.reader).key"
    wireID = session.genesis.id.hex
  }

  /// What a program prints, as numbers.
  private func numbers(_ words: [String]) throws -> [Double] {
    let output = plan.scratch + "/numbers"
    _ = try Child(words, output: output).finish()
    return try numbers(in: output)
  }

  private func numbers(in path: String) throws -> [Double] {
    let name = String(path.split(separator: "/").last ?? "")
    let bytes = try Directory.open(plan.scratch, followLast: true)
      .readFile(name, limit: 4096, policy: .anyOwner)
    let text = String(decoding: bytes ?? [], as: UTF8.self)
    return text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
  }

  private func number(_ words: [String]) throws -> Double {
    guard let first = try numbers(words).first else {
      throw BenchFailure("\(words[0]) printed no number")
    }
    return first
  }

  private var message: [String] {
    ["forge", "scribe", BenchText.subject, BenchText.body]
  }

  /// Seconds of one cold, durable send by C.
  func sendByC(in directory: String) throws -> Double {
    try Child.run([plan.tools + "/send", keyPath, directory, wireID] + message)
  }

  /// The words of the Python writer; nil where there is no Python with PyNaCl.
  func pythonWriter(in directory: String, _ more: [String] = []) -> [String]? {
    plan.python.map {
      [$0, plan.scripts + "/writer.py", keyPath, directory, wireID] + message + more
    }
  }

  /// Seconds of one cold, durable send by Python.
  func sendByPython(in directory: String) throws -> Double? {
    try pythonWriter(in: directory).map { try Child.run($0) }
  }

  /// Lines a second of one Python process that keeps key, lock and log open.
  func writeRateOfPython(in directory: String, count: Int, syncs: Bool) throws -> Double? {
    try pythonWriter(in: directory, [String(count), syncs ? "1" : "0"]).map { try number($0) }
  }

  /// Seconds of Python for a log, and how many lines it checked.
  func readByPython(
    _ log: String, after seq: Int = 0, limit: Int = .max
  ) throws -> (seconds: Double, lineCount: Int)? {
    guard let python = plan.python else { return nil }
    let found = try numbers([
      python, plan.scripts + "/reader.py", log, String(seq), String(limit),
    ])
    guard found.count == 2 else { throw BenchFailure("reader.py printed no two numbers") }
    return (found[0], Int(found[1]))
  }

  func signRate(seconds: Double) throws -> Double {
    try number([plan.tools + "/rates", "sign", String(seconds)])
  }

  func verifyRate(seconds: Double) throws -> Double {
    try number([plan.tools + "/rates", "verify", String(seconds)])
  }

  /// Verifications a second of one process a core, all at once.
  func verifyRateOfAll(seconds: Double) throws -> Double {
    let outputs = (0..<processorCount()).map { "\(plan.scratch)/verify-\($0)" }
    let children = try outputs.map {
      try Child([plan.tools + "/rates", "verify", String(seconds)], output: $0)
    }
    for child in children { _ = try child.finish() }
    return try outputs.reduce(0) { $0 + (try numbers(in: $1).first ?? 0) }
  }

  /// Appends and fdatasyncs of so many bytes a second, to a file in the directory.
  func appendRate(in directory: String, byteCount: Int, seconds: Double) throws -> Double {
    try number([
      plan.tools + "/rates", "append", directory + "/appended", String(byteCount),
      String(seconds),
    ])
  }

  /// Seconds and peak memory of a command; nothing of the runner's own memory is in it.
  func peak(
    of words: [String], environment: [String: String]
  ) throws -> (seconds: Double, byteCount: Double) {
    let assignments = environment.map { "\($0)=\($1)" }
    let found = try numbers([plan.tools + "/peak", "/usr/bin/env"] + assignments + words)
    guard found.count == 2 else { throw BenchFailure("peak printed no two numbers") }
    return (found[0], found[1] * 1024)
  }
}
