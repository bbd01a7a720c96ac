import Commands
import Foundation
import Host

/// Runs commands in this process: a crash is this process's, and a long one can be timed.
enum Commanding {
  struct Outcome: Sendable {
    let words: [String]
    let code: ExitCode
    let nanoseconds: Int64
    /// What the processors spent on it, which other work on the machine does not lengthen.
    let busyNanoseconds: Int64
  }

  static func run(_ words: [String]) -> Outcome {
    let (start, busyStart) = (MonotonicClock.now(), busy())
    let code = Program.run(["deaddrop"] + words)
    return Outcome(
      words: words, code: code, nanoseconds: MonotonicClock.now() - start,
      busyNanoseconds: busy() - busyStart)
  }

  private static func busy() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// Sends what commands print to a file and gives the descriptor that was standard output before.
  static func redirect(to path: String) -> Int32 {
    let before = dup(1)
    let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0o600)
    dup2(file, 1)
    dup2(file, 2)
    close(file)
    return before
  }

  /// What was printed since the last time, and whether any of it could act on a terminal: controls
  /// of either set, marks of direction, what cannot be seen, and bytes that are no text.
  static func takeOutput(_ path: String) throws -> (bytes: Data, hasControls: Bool) {
    let bytes = FileManager.default.contents(atPath: path) ?? Data()
    unsafe truncate(path, 0)
    if bytes.allSatisfy({ (0x20..<0x7F).contains($0) || $0 == 0x0A || $0 == 0x09 }) {
      return (bytes, false)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { return (bytes, true) }
    return (bytes, text.unicodeScalars.contains { $0 != "\n" && $0 != "\t" && acts($0) })
  }

  static func acts(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: scalar.properties.isDefaultIgnorableCodePoint
    }
  }
}
