#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A program to run to its end: its words without a shell, its input, and how much of it is borne.
///
///     let outcome = try ChildProgram(["git", "rev-parse", "HEAD"]).run()
package struct ChildProgram: Sendable {
  /// How a program ended, and what it wrote.
  package struct Outcome: Equatable, Sendable {
    /// Its exit code; nil where a signal ended it.
    package let code: Int32?
    package let output: [UInt8]
    /// The first 64 KiB of what it wrote to descriptor 2.
    package let errors: [UInt8]
  }

  /// The first is looked for in PATH.
  package var words: [String]
  /// Variables to set, or with nil to take away; all others are handed on.
  package var environment: [String: String?] = [:]
  package var input: [UInt8] = []
  /// More output than this is an error of `tooLarge`.
  package var outputLimit = 1 << 28
  package var timeLimit: Duration = .seconds(60)
  /// Once this is let go the program is ended, as after the time limit.
  package var leash: Leash?
  /// Whether all that it starts is ended with it.
  package var isLeader = false

  private static let errorLimit = 1 << 16

  package init(_ words: [String]) { self.words = words }

  /// Starts it, feeds it, takes what it writes, and waits for its end.
  ///
  /// Throws `timedOut` and `tooLarge` once it is killed; ENOENT where PATH has no such program.
  package func run() throws(HostError) -> Outcome {
    let input = try Kernel.openPipe()
    let output = try Kernel.openPipe()
    let errors = try Kernel.openPipe()
    let process = try Kernel.spawn(
      words, environment: variables,
      streams: (input.read.number, output.write.number, errors.write.number),
      asLeader: isLeader)
    var streams = Streams(
      input: input.write, output: output.read, errors: errors.read, pending: self.input[...])
    // The child has its own copies; without this the ends would never show.
    drop(input.read, output.write, errors.write)
    do throws(HostError) {
      let deadline = MonotonicClock.deadline(after: timeLimit)
      try Kernel.unblock(streams.writeNumber)
      let ends = leash.map { [$0.number] } ?? []
      while try streams.move(until: deadline, limit: outputLimit, program: name, or: ends) {
        if MonotonicClock.now() >= deadline || leash?.isGone == true { throw late }
      }
      let status = try waitForEnd(of: process, until: deadline)
      return Outcome(
        code: status & 0x7F == 0 ? status >> 8 & 0xFF : nil, output: streams.taken,
        errors: Array(streams.takenErrors.prefix(Self.errorLimit)))
    } catch {
      Kernel.end(process, asLeader: isLeader)
      throw error
    }
  }

  private var name: String { words.first ?? "" }
  private var late: HostError { .timedOut(name, seconds: timeLimit.components.seconds) }

  private func drop(
    _ one: consuming Descriptor, _ two: consuming Descriptor, _ three: consuming Descriptor
  ) {}

  private func waitForEnd(of process: pid_t, until deadline: Int64) throws(HostError) -> Int32 {
    var pause: Int64 = 200_000
    while true {
      if let status = try Kernel.ended(process) { return status }
      if MonotonicClock.now() >= deadline || leash?.isGone == true { throw late }
      MonotonicClock.sleep(for: .nanoseconds(pause))
      pause = min(pause * 2, 50_000_000)
    }
  }

  private var variables: [String] {
    let kept = Kernel.environment.filter { entry in
      let name = entry.prefix { $0 != "=" }
      return !environment.keys.contains(String(name))
    }
    return kept + environment.compactMap { name, value in value.map { "\(name)=\($0)" } }.sorted()
  }

  /// The ends of the three pipes that are this side's.
  private struct Streams: ~Copyable {
    private var input: Descriptor?
    private var output: Descriptor?
    private var errors: Descriptor?
    private var pending: ArraySlice<UInt8>
    private(set) var taken: [UInt8] = []
    private(set) var takenErrors: [UInt8] = []
    private var block = [UInt8](repeating: 0, count: 65_536)

    init(
      input: consuming Descriptor, output: consuming Descriptor, errors: consuming Descriptor,
      pending: ArraySlice<UInt8>
    ) {
      self.input = consume input
      self.output = consume output
      self.errors = consume errors
      self.pending = pending
    }

    private static func number(_ end: borrowing Descriptor?) -> Int32 {
      switch end {
      case .some(let end): end.number
      case .none: -1
      }
    }

    var writeNumber: Int32 { Self.number(input) }

    /// Moves what can be moved by the deadline; false once both outputs have ended.
    mutating func move(
      until deadline: Int64, limit: Int, program: String, or others: [Int32]
    ) throws(HostError) -> Bool {
      if pending.isEmpty { input = nil }
      let (write, read, readErrors) = (
        Self.number(input), Self.number(output), Self.number(errors)
      )
      guard read >= 0 || readErrors >= 0 else { return false }
      let wanted = [(write, true), (read, false), (readErrors, false)].filter { $0.0 >= 0 }
      let ready = try Kernel.readyAmong(
        wanted.map { ($0.0, $0.1) } + others.map { ($0, false) }, until: deadline)
      if ready.contains(write) { try feed(write) }
      if ready.contains(read) {
        let count = try Kernel.readBytes(read, into: &block, path: program)
        if count == 0 { output = nil } else { taken += block[..<count] }
        if taken.count > limit { throw .tooLarge("output of \(program)", limit: limit) }
      }
      if ready.contains(readErrors) {
        let count = try Kernel.readBytes(readErrors, into: &block, path: program)
        if count == 0 { errors = nil }
        if takenErrors.count < ChildProgram.errorLimit { takenErrors += block[..<count] }
      }
      return true
    }

    private mutating func feed(_ number: Int32) throws(HostError) {
      do {
        // SAFETY: the slice is not changed while the closure runs.
        let count = try unsafe Array(pending.prefix(65_536)).span.withUnsafeBytes {
          buffer throws(HostError) in
          try unsafe Kernel.writeBytes(number, buffer, path: "")
        }
        pending = pending.dropFirst(count)
      } catch {
        if Kernel.wouldWait(error) { return }
        // It does not want to read on; what it says by its code is what counts.
        guard error.isBrokenPipe else { throw error }
        pending = []
      }
    }
  }
}
