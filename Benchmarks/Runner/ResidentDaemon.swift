import Host
import WireFormat

/// A daemon of the release binary that the runner started.
final class ResidentDaemon {
  private let child: Child
  private var hasEnded = false

  /// What the system says of it.
  struct Facts {
    /// How often it has waited for something.
    let waits: Int
    /// Of a processor.
    let seconds: Double
    let residentBytes: Double
    /// Of these, what is no page of the binary's file, which all that run it share.
    let ownBytes: Double
  }

  /// Starts it and waits for its first beat to be over.
  init(_ bench: Bench, _ wire: BenchWire, as handle: Handle) throws {
    child = try Child(
      [bench.plan.binary, "daemon", "run", "--log", "\(wire.root)/\(handle).log"],
      environment: wire.environment(as: handle))
    let deadline = MonotonicClock.deadline(after: .seconds(10))
    while try bench.byteCount(of: "\(wire.path)/beats/\(handle).jsonl") == 0 {
      guard MonotonicClock.now() < deadline else { throw BenchFailure("\(handle) does not beat") }
      MonotonicClock.sleep(for: .milliseconds(5))
    }
    MonotonicClock.sleep(for: .milliseconds(1_500))
  }

  func facts() throws -> Facts {
    let process = try Directory.open("/proc/\(child.processID)", followLast: true)
    func words(_ name: String) throws -> String {
      let bytes = try process.readFile(name, limit: 1 << 16, policy: .anyOwner)
      return String(decoding: bytes ?? [], as: UTF8.self)
    }
    let status = try words("status").split(separator: "\n")
    func number(_ name: String) -> Int {
      let line = status.first { $0.hasPrefix(name) }
      return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
    }
    // "PID (comm) S ppid …": utime and stime are the fields 14 and 15, in hundredths of a second.
    let fields = try words("stat").split(separator: " ")
    guard fields.count > 15, let user = Double(fields[13]), let system = Double(fields[14]) else {
      throw BenchFailure("no figures of a daemon")
    }
    return Facts(
      waits: number("voluntary_ctxt_switches"), seconds: (user + system) / 100,
      residentBytes: Double(number("VmRSS")) * 1_024,
      ownBytes: Double(number("RssAnon")) * 1_024)
  }

  /// Asks it to end; any other code than 0 is thrown.
  func finish() throws {
    guard !hasEnded else { return }
    hasEnded = true
    child.terminate()
    _ = try child.finish()
  }

  func end() { try? finish() }
}
