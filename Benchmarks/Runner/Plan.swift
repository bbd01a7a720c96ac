import Host

/// What the command line asks for.
///
///     Benchmarks --binary FILE --tools DIRECTORY --scripts DIRECTORY --scratch DIRECTORY
///         [--memory DIRECTORY] [--python FILE] [--valgrind FILE]
///         [--json FILE] [--quick] [--daemon-seconds N] [--only GROUP]...
struct Plan {
  /// The rows that are measured together.
  enum Group: String, CaseIterable {
    case send, write, audit, read, watch, fold, memory, daemon, size
  }

  /// The release binary.
  private(set) var binary = ""
  /// Holds the C programs, built.
  private(set) var tools = ""
  /// Holds the Python programs.
  private(set) var scripts = ""
  /// A directory of this run alone, on the file system to measure; the caller removes it.
  private(set) var scratch = ""
  /// The same in memory, where fsync costs nothing.
  private(set) var memory: String?
  /// A Python that has PyNaCl.
  private(set) var python: String?
  private(set) var valgrind: String?
  private(set) var json: String?
  private(set) var isQuick = false
  private var givenSeconds: Int?
  /// How long a daemon is left alone.
  var daemonSeconds: Int { givenSeconds ?? size(600, quick: 20) }
  private(set) var groups = Set<Group>()

  init(_ arguments: [String]) throws {
    var words = arguments.dropFirst()
    while let word = words.popFirst() {
      if word == "--quick" {
        isQuick = true
        continue
      }
      guard let value = words.popFirst() else { throw BenchFailure("\(word) has no value") }
      switch word {
      case "--binary": binary = value
      case "--tools": tools = value
      case "--scripts": scripts = value
      case "--scratch": scratch = value
      case "--memory": memory = value
      case "--python": python = value
      case "--valgrind": valgrind = value
      case "--json": json = value
      case "--daemon-seconds":
        guard let seconds = Int(value), seconds > 0 else { throw BenchFailure("\(value) s") }
        givenSeconds = seconds
      case "--only":
        guard let group = Group(rawValue: value) else {
          let known = Group.allCases.map(\.rawValue).joined(separator: ", ")
          throw BenchFailure("no group \(value): \(known)")
        }
        groups.insert(group)
      default: throw BenchFailure("unknown word \(word)")
      }
    }
    guard !binary.isEmpty, !tools.isEmpty, !scripts.isEmpty, !scratch.isEmpty else {
      throw BenchFailure("--binary, --tools, --scripts and --scratch are needed: make bench")
    }
    if groups.isEmpty { groups = Set(Group.allCases) }
  }

  /// The full value, or the smaller one of a quick run.
  func size<Value>(_ full: Value, quick: Value) -> Value { isQuick ? quick : full }
}
