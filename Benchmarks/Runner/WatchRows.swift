import Host
import Protocol
import Wire
import WireFormat

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// How long after an append in one process the line of `watch` is there in another.
struct WatchRows {
  let bench: Bench
  /// Both sides take turns, so that the machine is the same for both.
  private static let blocks = 5
  /// Between two messages, so that what `watch` does at rest is done.
  private static let pause: Duration = .milliseconds(20)

  func measure() throws -> [Row] {
    let count = bench.plan.size(100, quick: 20)
    let wire = try bench.newWire("watch")
    var lines = try signed((count + 1) * Self.blocks, wire)[...]
    let folder = try bench.newDirectory("woken")
    let log = try Appended(try wire.logPath(of: wire.writer))
    let file = try Appended(folder + "/appended")
    var times: [Double] = []
    var floor: [Double] = []
    for _ in 0..<Self.blocks {
      let block = lines.prefix(count + 1)
      lines = lines.dropFirst(count + 1)
      let woken = try Listener([bench.plan.tools + "/wake", folder], in: bench.plan.scratch)
      _ = try woken.line()
      for line in block { floor.append(try woken.seconds(until: line, file)) }
      woken.end()
      try wire.readAll(as: wire.reader)
      let watch = try Listener(
        [bench.plan.binary, "watch"], environment: wire.environment(as: wire.reader),
        in: bench.plan.scratch)
      // The first one comes while it starts.
      let first = try block.first.map { try watch.seconds(until: $0, log) } ?? 0
      for line in block.dropFirst() { times.append(try watch.seconds(until: line, log)) }
      watch.end()
      bench.say("the first line of watch came after \(Unit.seconds.text(first))")
    }
    try bench.requireSound(wire)
    return rows(times, floor)
  }

  private func rows(_ times: [Double], _ floor: [Double]) -> [Row] {
    var median = Row("watch/median", "append to the line of watch", .atMost(250e-6), .seconds)
    median.measured = Measure(times, .seconds)
    median.against = ("inotify alone", Measure(floor, .seconds))
    median.judged = median.measured
    let ratio = Spread(times).median / Spread(floor).median
    median.notes = ["\(Unit.times.text(ratio)) as long as inotify alone, by the medians"]
    var late = Row("watch/p99", "the slowest of 100", .atMost(2e-3), .seconds)
    late.measured = Measure([Self.late(times)], .seconds)
    late.against = ("inotify alone", Measure([Self.late(floor)], .seconds))
    late.judged = late.measured
    return [median, late]
  }

  /// The time that 99 of 100 do not exceed.
  private static func late(_ times: [Double]) -> Double {
    let sorted = times.sorted()
    return sorted.isEmpty ? .nan : sorted[min(sorted.count - 1, sorted.count * 99 / 100)]
  }

  /// Lines that go on a writer's log, signed in a copy of the wire.
  private func signed(_ count: Int, _ wire: BenchWire) throws -> [[UInt8]] {
    let copy = try wire.copy(to: wire.root + "-signed")
    defer { try? bench.remove(copy) }
    let size = try bench.byteCount(of: try copy.logPath(of: copy.writer))
    var writing = try Writing(copy, as: copy.writer)
    let draft = try copy.draft(by: copy.writer)
    for _ in 0..<count { _ = try writing.append(draft) }
    let path = try copy.logPath(of: copy.writer)
    let name = String(path.split(separator: "/").last ?? "")
    let bytes = try Directory.open(copy.path, followLast: true)
      .readFile(name, limit: 1 << 28, policy: .anyOwner)
    return (bytes ?? []).dropFirst(Int(size)).split(separator: UInt8(ascii: "\n"))
      .map { Array($0) + [UInt8(ascii: "\n")] }
  }

  /// A file to which bytes are appended, and nothing more is done.
  private struct Appended: ~Copyable {
    private let number: Int32

    init(_ path: String) throws {
      number = unsafe open(path, O_WRONLY | O_APPEND | O_CREAT, 0o600)
      guard number >= 0 else { throw BenchFailure("\(path): error \(errno)") }
    }

    deinit { close(number) }

    func write(_ bytes: [UInt8]) throws {
      // SAFETY: the array is not changed while the call runs.
      let count = unsafe bytes.withUnsafeBytes { unsafe Self.write(number, $0) }
      guard count == bytes.count else { throw BenchFailure("a short append") }
    }

    private static func write(_ number: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
      #if canImport(Darwin)
        unsafe Darwin.write(number, bytes.baseAddress, bytes.count)
      #else
        unsafe Glibc.write(number, bytes.baseAddress, bytes.count)
      #endif
    }
  }

  /// A program that prints a line when something was appended, and the pipe that it prints to.
  private struct Listener {
    private let child: Child
    private let number: Int32

    init(_ words: [String], environment: [String: String] = [:], in folder: String) throws {
      let pipe = folder + "/lines"
      unsafe _ = unlink(pipe)
      guard unsafe mkfifo(pipe, 0o600) == 0 else { throw BenchFailure("mkfifo: error \(errno)") }
      // A reader must be there before the child opens its end.
      number = unsafe open(pipe, O_RDONLY | O_NONBLOCK)
      guard number >= 0 else { throw BenchFailure("\(pipe): error \(errno)") }
      child = try Child(words, environment: environment, output: pipe)
    }

    /// Waits for one line.
    func line() throws {
      var buffer = [UInt8](repeating: 0, count: 4096)
      var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
      while true {
        // SAFETY: a whole entry and a whole buffer are lent for the length of the calls.
        guard unsafe poll(&entry, 1, 10_000) > 0 else { throw BenchFailure("no line came") }
        let count = unsafe read(number, &buffer, buffer.count)
        guard count > 0 else { throw BenchFailure("the one who prints lines has ended") }
        if buffer[..<count].contains(UInt8(ascii: "\n")) { return }
      }
    }

    /// Appends, waits for the line that tells of it, and gives the seconds between.
    func seconds(until bytes: [UInt8], _ file: borrowing Appended) throws -> Double {
      MonotonicClock.sleep(for: WatchRows.pause)
      let start = MonotonicClock.now()
      try file.write(bytes)
      try line()
      return Double(MonotonicClock.now() - start) / 1e9
    }

    func end() {
      child.stop()
      close(number)
    }
  }
}
