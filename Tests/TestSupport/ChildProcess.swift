import Dispatch
import Foundation
import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A process that a test started: its streams are files, and its end is waited for with a limit.
///
/// No descriptor of the tests goes over to it, so that nobody else's pipe stays open because of it.
package final class ChildProcess: Sendable {
  /// How it ended.
  package enum Ending: Equatable, Sendable {
    case exited(Int32)
    case killed(Int32)
    /// It had not ended by itself when the time was over.
    case hung
  }

  package struct NotStarted: Error {
    package let path: String
    package let code: Int32
  }

  package let processID: Int32
  private let state = Mutex(State())

  private struct State {
    var hasEnded = false
    var isLate = false
  }

  /// Starts a program; its output and its errors go to files, which are emptied first.
  ///
  /// In a session of its own a terminal that it opens as its input becomes the one that controls it.
  package init(
    _ path: String, _ words: [String], environment: [String: String],
    input: String = "/dev/null", output: String, errors: String, inOwnSession: Bool = false
  ) throws {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
    let mode = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND
    unsafe posix_spawn_file_actions_addopen(&actions, 1, output, mode, 0o600)
    unsafe posix_spawn_file_actions_addopen(&actions, 2, errors, mode, 0o600)
    // A thread of the tests may block signals, which its children would inherit.
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    unsafe sigemptyset(&none)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    // POSIX_SPAWN_SETSID, which Glibc's module hides.
    let session: Int32 = inOwnSession ? 0x80 : 0
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | session))
    // One that is not open is passed over.
    for number in Int32(3)..<256 {
      unsafe posix_spawn_file_actions_addclose(&actions, number)
    }
    var number = pid_t()
    let variables = environment.map { "\($0.key)=\($0.value)" }
    let code = unsafe Self.withStrings([path] + words) { argv in
      unsafe Self.withStrings(variables) { envp in
        unsafe posix_spawn(&number, path, &actions, &attributes, argv, envp)
      }
    }
    guard code == 0 else { throw NotStarted(path: path, code: code) }
    processID = number
  }

  /// Sends a signal, unless the process was seen to end.
  package func signal(_ number: Int32) {
    state.withLock { if !$0.hasEnded { kill(processID, number) } }
  }

  /// Waits for the end; what has not ended by then is killed, and has hung.
  package func wait(upTo limit: Duration = .seconds(60)) -> Ending {
    let alarm = DispatchWorkItem { [self] in
      state.withLock { if !$0.hasEnded { $0.isLate = kill(processID, SIGKILL) == 0 } }
    }
    let seconds = Double(limit.components.seconds) + Double(limit.components.attoseconds) / 1e18
    DispatchQueue.global().asyncAfter(deadline: .now() + seconds, execute: alarm)
    // It stays a zombie until no signal can be sent to its number any more.
    var facts = unsafe siginfo_t()
    while unsafe waitid(P_PID, id_t(processID), &facts, WEXITED | WNOWAIT) < 0, errno == EINTR {}
    state.withLock { $0.hasEnded = true }
    alarm.cancel()
    var status: Int32 = 0
    while unsafe waitpid(processID, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7F
    if signal == 0 { return .exited(status >> 8 & 0xFF) }
    return state.withLock { $0.isLate } ? .hung : .killed(signal)
  }

  private static func withStrings<Value>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Value
  ) -> Value {
    // SAFETY: the copies live until the body has returned, and the list ends with a null.
    let list = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(
      capacity: strings.count + 1)
    for (index, string) in strings.enumerated() { unsafe list[index] = unsafe strdup(string) }
    unsafe list[strings.count] = nil
    defer {
      for index in strings.indices { unsafe free(list[index]) }
      unsafe list.deallocate()
    }
    return unsafe body(list)
  }
}

/// Runs work that waits on a thread of its own, so that it keeps no other test waiting.
package func apart<Value: Sendable>(
  _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
  try await withTaskExecutorPreference(OwnThread()) { try await onExecutor(body) }
}

@concurrent
private func onExecutor<Value: Sendable>(
  _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
  try body()
}

/// Gives each piece of work a new thread; a task keeps its local values, such as whose test it is.
private final class OwnThread: TaskExecutor {
  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    Thread.detachNewThread { [self] in
      unsafe job.runSynchronously(on: asUnownedTaskExecutor())
    }
  }
}
