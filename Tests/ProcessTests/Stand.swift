import Foundation
import Host
import Protocol
import TestSupport
import Wire
import WireFormat

/// A wire of agents of one account and the real command to act for them, each act a process.
struct Stand: Sendable {
  /// Where private places are.
  let root: String
  let wire: String
  /// Where streams of processes go.
  let streams: String
  var home: String { root + "/home" }

  init(root: String, wire: String? = nil, streams: String? = nil) {
    (self.root, self.wire) = (root, wire ?? root + "/_coordination")
    self.streams = streams ?? root
  }

  /// What one process left behind.
  struct Outcome: Sendable {
    let words: [String]
    let ending: ChildProcess.Ending
    let output: String
    let errors: String

    /// The exit code; nil when it did not exit by itself.
    var code: Int32? { if case .exited(let code) = ending { code } else { nil } }

    /// The message it says is stored.
    var eventID: String? {
      output.firstMatch(of: /"event_id":"([0-9a-f]{64})","receipt":"stored"/).map { String($0.1) }
    }

    var summary: String { "\(words.joined(separator: " ")): \(ending)\n\(output)\(errors)" }
  }

  struct Failed: Error, CustomStringConvertible {
    let description: String
  }

  static func run<Value: Sendable>(
    _ body: @escaping @Sendable (Stand) throws -> Value
  ) async throws -> Value {
    try await apart { try Scratch.run { try body(Stand(root: $0)) } }
  }

  /// The same with a wire of these members, who all live here.
  static func run<Value: Sendable>(
    _ members: [String], _ body: @escaping @Sendable (Stand) throws -> Value
  ) async throws -> Value {
    try await run { stand in
      try stand.mustRun(["init", "--local"] + members)
      return try body(stand)
    }
  }

  /// The command under test: DEADDROP_BINARY, else the one built beside the tests.
  static func binary() throws -> String {
    try ProcessInfo.processInfo.environment["DEADDROP_BINARY"] ?? Products.path("deaddrop")
  }

  func environment(_ handle: String?) -> [String: String] {
    var environment = [
      "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "HOME": root,
      "DEADDROP_HOME": home, "DEADDROP_DIR": wire, "SWIFT_BACKTRACE": "enable=no",
    ]
    if let handle { environment["DEADDROP_HANDLE"] = handle }
    return environment
  }

  /// A process that was started, and where its streams go.
  struct Started: Sendable {
    let words: [String]
    let child: ChildProcess
    let streams: String

    /// Waits until the first line that it prints is this one, for half a minute at most.
    func waitUntilSaid(_ line: String) throws {
      let deadline = MonotonicClock.deadline(after: .seconds(30))
      while try output() != line + "\n" {
        guard MonotonicClock.now() < deadline else {
          throw Failed(description: "no \"\(line)\": \(try errors())")
        }
        MonotonicClock.sleep(for: .milliseconds(2))
      }
    }

    /// What it has written by now.
    func output() throws -> String { try text(".out") }

    func errors() throws -> String { try text(".err") }

    func finish(upTo limit: Duration) throws -> Outcome {
      let ending = child.wait(upTo: limit)
      let outcome = Outcome(
        words: words, ending: ending, output: try output(), errors: try errors())
      for suffix in [".out", ".err"] {
        try FileManager.default.removeItem(atPath: streams + suffix)
      }
      return outcome
    }

    private func text(_ suffix: String) throws -> String {
      String(decoding: try Data(contentsOf: URL(filePath: streams + suffix)), as: UTF8.self)
    }
  }

  func start(
    _ program: String, _ words: [String], as handle: String? = nil, input: String = "/dev/null"
  ) throws -> Started {
    let streams = "\(self.streams)/\(UUID().uuidString)"
    let child = try ChildProcess(
      program, words, environment: environment(handle), input: input, output: streams + ".out",
      errors: streams + ".err")
    return Started(words: words, child: child, streams: streams)
  }

  /// Runs the command; what takes longer than the limit is killed, and has hung.
  func run(
    _ words: [String], as handle: String? = nil, upTo limit: Duration = .seconds(30)
  ) throws -> Outcome {
    try start(try Self.binary(), words, as: handle).finish(upTo: limit)
  }

  /// The same where anything but the exit code 0 is a fault of the test.
  @discardableResult
  func mustRun(_ words: [String], as handle: String? = nil) throws -> Outcome {
    let outcome = try run(words, as: handle)
    guard outcome.code == 0 else { throw Failed(description: outcome.summary) }
    return outcome
  }

  /// Sends one request; gives its id.
  @discardableResult
  func mustSend(_ subject: String, as handle: String) throws -> String {
    let outcome = try mustRun(Self.send(subject), as: handle)
    guard let id = outcome.eventID else { throw Failed(description: outcome.summary) }
    return id
  }

  static func send(_ subject: String, body: String = "text") -> [String] {
    ["send", "request", "--subject", subject, "--body", body, "--json"]
  }
}

/// What the wire holds, read by the library.
extension Stand {
  struct Stored: Equatable, Sendable {
    let id: String
    let seq: Int
  }

  /// Every whole line of an agent's log; throws where a line is none of a chain.
  func stored(by handle: String) throws -> [Stored] {
    try lines(try log(of: handle)).map { line in
      guard let envelope = try? Envelope.read(line.span),
        case .chain(let seq, _) = envelope.place
      else {
        throw Failed(description: "no line of a chain: \(String(decoding: line, as: UTF8.self))")
      }
      return Stored(id: envelope.eventID.hex, seq: seq)
    }
  }

  func log(of handle: String) throws -> String {
    let genesis = try SharedDirectory.open(wire).genesis()
    guard let member = genesis.members.first(where: { $0.handle.name == handle }) else {
      throw Failed(description: "\(handle) is no member")
    }
    return member.log
  }

  /// The lines of a file of the wire without their LF; what follows the last LF is none.
  func lines(_ name: String) throws -> [[UInt8]] {
    let bytes = try Data(contentsOf: URL(filePath: "\(wire)/\(name)"))
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    lines.removeLast()
    return lines.map { Array($0) }
  }

  func audit() throws -> Audit { try Audit.atPath(wire, everySignature: true) }
}
