import Host

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What stopped a measurement, in words.
struct BenchFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// A process that the runner starts and waits for; its standard input is empty.
struct Child {
  private let number: pid_t
  /// Its number, as long as nobody has waited for its end.
  var processID: Int32 { number }
  private let words: [String]
  private let start: Int64

  /// Starts a program by posix_spawn(3), which costs the same however large the runner is.
  ///
  /// Standard output goes to the file, which is emptied first.
  init(
    _ words: [String], environment: [String: String] = [:], output: String = "/dev/null"
  ) throws {
    var variables = ["LC_ALL": "C", "HOME": "/nonexistent"].merging(environment) { $1 }
    variables["PATH"] = Environment.value("PATH")
    var actions = unsafe posix_spawn_file_actions_t()
    // SAFETY: made here, filled and freed here; posix_spawn copies what it needs.
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe _ = posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_addopen(
      &actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    var number = pid_t()
    start = MonotonicClock.now()
    let code = unsafe Self.withWords(words) { words in
      unsafe Self.withWords(variables.map { "\($0)=\($1)" }) { variables in
        guard let name = unsafe words.pointee else { return ENOENT }
        return unsafe posix_spawnp(&number, name, &actions, nil, words, variables)
      }
    }
    guard code == 0 else { throw BenchFailure("\(words[0]) does not start: error \(code)") }
    (self.number, self.words) = (number, words)
  }

  /// Asks it to end: SIGTERM; only before its end was waited for.
  func terminate() { kill(number, SIGTERM) }

  /// Waits for its end and gives the seconds since its start; any other code than 0 is thrown.
  func finish() throws -> Double {
    var status: Int32 = 0
    // SAFETY: a whole number is lent for the length of the call.
    while unsafe waitpid(number, &status, 0) < 0 {
      guard errno == EINTR else { throw BenchFailure("waitpid: error \(errno)") }
    }
    let seconds = Double(MonotonicClock.now() - start) / 1e9
    guard status == 0 else {
      throw BenchFailure("\(words.joined(separator: " ")) ended with status \(status)")
    }
    return seconds
  }

  /// Ends one that does not end by itself.
  func stop() {
    var status: Int32 = 0
    kill(number, SIGTERM)
    // SAFETY: a whole number is lent for the length of the call.
    while unsafe waitpid(number, &status, 0) < 0, errno == EINTR {}
  }

  /// Runs a program to its end and gives the seconds it took.
  @discardableResult
  static func run(
    _ words: [String], environment: [String: String] = [:]
  ) throws -> Double {
    try Child(words, environment: environment).finish()
  }

  /// Lends the words as C strings behind each other, a null at the end.
  private static func withWords<Value>(
    _ words: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Value
  ) -> Value {
    // SAFETY: each copy lives until it is freed below; the array outlives the closure.
    var pointers = unsafe words.map { unsafe strdup($0) } + [nil]
    defer { for index in words.indices { unsafe free(pointers[index]) } }
    return unsafe pointers.withUnsafeMutableBufferPointer { buffer in
      // An array with an element always has a first one.
      guard let base = buffer.baseAddress else { preconditionFailure("no words") }
      return unsafe body(base)
    }
  }
}

/// The processors that are online.
func processorCount() -> Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
