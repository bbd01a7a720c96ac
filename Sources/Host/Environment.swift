import CHost

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What the process was started with and where it runs.
package enum Environment {
  /// A variable of the environment; nil when it is unset, empty or not UTF-8.
  package static func value(_ name: String) -> String? {
    guard let value = Kernel.environmentValue(name), !value.isEmpty else { return nil }
    return value
  }

  /// The command line, the name of the program first.
  package static var arguments: [String] { CommandLine.arguments }

  /// The absolute path of this program, without links; ENOENT when it was removed.
  package static func program() throws(HostError) -> String { try Kernel.programPath() }

  /// The absolute path of what is there, without links and dots.
  package static func realPath(_ path: String) throws(HostError) -> String {
    try Kernel.realPath(path)
  }

  /// The absolute path of the current directory; ENOENT when it was removed.
  package static func currentDirectory() throws(HostError) -> String {
    try Kernel.workingDirectory()
  }

  /// The numeric user that the system checks permissions for.
  package static var effectiveUser: UInt32 { geteuid() }

  /// The number of this process.
  package static var processID: Int32 { getpid() }

  /// Whether descriptor 0, 1 or 2 is a terminal.
  package static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// The columns of the terminal on this descriptor; nil when there is none or it does not say.
  package static func terminalWidth(_ descriptor: Int32 = 1) -> Int? {
    let columns = chost_terminal_width(descriptor)
    return columns > 0 ? Int(columns) : nil
  }

  /// Ends the process with this code.
  package static func exit(_ code: Int32) -> Never {
    #if canImport(Darwin)
      Darwin.exit(code)
    #else
      Glibc.exit(code)
    #endif
  }

  /// Keeps memory with secrets out of core files and from debuggers of the same user.
  ///
  /// RLIMIT_CORE is 0 and, on Linux, the process is not dumpable.
  package static func disableCoreDumps() throws(HostError) {
    try Kernel.attempt(.setrlimit, "") { Int(chost_forbid_core_files()) }
    try Kernel.attempt(.prctl, "") { Int(chost_forbid_dumps()) }
  }

  /// Makes a write to a closed pipe an EPIPE error instead of the end of the process.
  package static func ignoreBrokenPipe() throws(HostError) {
    try Kernel.attempt(.signal, "") { Int(chost_ignore_broken_pipe()) }
  }
}
