import CHost

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Both ends of a pipe.
struct Pipe: ~Copyable {
  let read: Descriptor
  let write: Descriptor
}

extension Kernel {
  /// pipe2(2).
  static func openPipe() throws(HostError) -> Pipe {
    var ends: [Int32] = [-1, -1]
    try attempt(.pipe, "") {
      // SAFETY: two descriptors are lent for the length of the call.
      Int(unsafe chost_pipe(&ends))
    }
    return Pipe(read: Descriptor(number: ends[0]), write: Descriptor(number: ends[1]))
  }

  /// fcntl(2): writes to it give EAGAIN instead of waiting.
  static func unblock(_ descriptor: Int32) throws(HostError) {
    try attempt(.fcntl, "") { Int(chost_unblock(descriptor)) }
  }

  /// posix_spawnp(3) with these descriptors as 0, 1 and 2: the number of the process.
  ///
  /// As a `leader` it begins a process group, which can be ended with all that it starts.
  static func spawn(
    _ words: [String], environment: [String], streams: (Int32, Int32, Int32),
    asLeader isLeader: Bool = false
  ) throws(HostError) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    unsafe posix_spawn_file_actions_init(&actions)
    unsafe posix_spawnattr_init(&attributes)
    defer {
      unsafe posix_spawn_file_actions_destroy(&actions)
      unsafe posix_spawnattr_destroy(&attributes)
    }
    for (number, target) in [(streams.0, 0), (streams.1, 1), (streams.2, 2)] as [(Int32, Int32)] {
      // What is opened to be closed on exec is not, once it is a copy under another number.
      unsafe posix_spawn_file_actions_adddup2(&actions, number, target)
    }
    // A program expects to be ended by a closed pipe; this one ignores the signal.
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe sigaddset(&signals, SIGPIPE)
    unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
    let group = isLeader ? POSIX_SPAWN_SETPGROUP : 0
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF) | Int16(group))
    var number = pid_t()
    try attempt(.spawn, words.first ?? "") {
      // SAFETY: the lists end with a null and live until the call has returned.
      let code = unsafe withCStrings(words) { argv in
        unsafe withCStrings(environment) { envp in
          guard let program = unsafe argv[0] else { return ENOENT }
          return unsafe posix_spawnp(&number, program, &actions, &attributes, argv, envp)
        }
      }
      return -Int(code)
    }
    return number
  }

  private static func withCStrings(
    _ strings: [String],
    _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32
  ) -> Int32 {
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

  /// environ(7), as it is, each as NAME=VALUE; what is not UTF-8 is left out.
  static var environment: [String] {
    var found: [String] = []
    // SAFETY: the list ends with a null, and nothing in the product changes it.
    let list = unsafe chost_environment()
    var index = 0
    while let entry = unsafe list[index] {
      if let text = unsafe String(validatingCString: entry) { found.append(text) }
      index += 1
    }
    return found
  }

  /// poll(2) on some descriptors: which of them are ready by a moment of the monotonic clock.
  static func readyAmong(
    _ wanted: [(number: Int32, isForWriting: Bool)], until deadline: Int64
  ) throws(HostError) -> [Int32] {
    var entries = wanted.map {
      pollfd(fd: $0.number, events: Int16($0.isForWriting ? POLLOUT : POLLIN), revents: 0)
    }
    try attempt(.poll, "") {
      let left = max(0, deadline - MonotonicClock.now())
      let isEndless = deadline == .max
      let rounded = left / 1_000_000 + (left % 1_000_000 > 0 ? 1 : 0)
      let milliseconds = isEndless ? -1 : Int32(min(Int64(Int32.max), rounded))
      // SAFETY: the array is lent with its true count for the length of the call.
      return outcome(unsafe poll(&entries, nfds_t(entries.count), milliseconds))
    }
    return entries.filter { $0.revents != 0 }.map(\.fd)
  }

  /// waitpid(2) without waiting: nil while the process runs, else the status as wait(2) packs it.
  static func ended(_ process: pid_t) throws(HostError) -> Int32? {
    var status: Int32 = 0
    let found = try attempt(.wait, "") {
      // SAFETY: the status is lent for the length of the call.
      outcome(unsafe waitpid(process, &status, WNOHANG))
    }
    return found == 0 ? nil : status
  }

  /// kill(2) with SIGTERM, of one process.
  static func terminate(_ process: pid_t) throws(HostError) {
    try attempt(.kill, "process \(process)") {
      process > 1 ? outcome(kill(process, SIGTERM)) : -Int(ESRCH)
    }
  }

  /// kill(2) with SIGKILL, of a leader its whole group, and waitpid(2) until it is gone.
  static func end(_ process: pid_t, asLeader isLeader: Bool = false) {
    if isLeader { kill(-process, SIGKILL) }
    kill(process, SIGKILL)
    var status: Int32 = 0
    while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
  }
}
