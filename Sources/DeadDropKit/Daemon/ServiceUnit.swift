package import WireFormat

/// What a service manager is told so that it runs an agent's daemon: the name and text of a file.
///
/// Pure: the same facts give the same bytes, for both managers on every system.
package struct ServiceUnit: Equatable, Sendable {
  package enum Manager: String, CaseIterable, Sendable {
    case systemd, launchd

    #if os(macOS)
      package static let current = Manager.launchd
    #else
      package static let current = Manager.systemd
    #endif

    /// Of the names of its files.
    var ending: String {
      switch self {
      case .systemd: ".service"
      case .launchd: ".plist"
      }
    }
  }

  package var manager: Manager
  package var handle: Handle
  package var wire: Bytes32
  /// The absolute path of deaddrop.
  package var program: String
  /// The absolute path of the wire's directory.
  package var directory: String
  /// What else the daemon writes to: absolute paths of directories.
  package var writablePlaces: [String] = []
  /// DEADDROP_HOME and the like, where they are set.
  package var variables: [String: String] = [:]
  /// Whether the manager shuts it in, as far as a daemon that runs no command of its operator needs
  /// nothing else; systemd only.
  package var isConfined = true

  package init(
    _ manager: Manager, _ handle: Handle, on wire: Bytes32, program: String, directory: String
  ) {
    (self.manager, self.handle, self.wire) = (manager, handle, wire)
    (self.program, self.directory) = (program, directory)
  }

  /// What a file must hold to be one of ours.
  package static let marker = "Made by `deaddrop daemon install`"
  private static let advice = "\(marker), which writes it anew: edits are lost."

  /// As launchd calls it; the file's name without its end.
  package var label: String { "deaddrop-\(handle)-\(wire.hex.prefix(12))" }

  package var fileName: String { label + manager.ending }

  static func isFileName(_ name: String, of manager: Manager) -> Bool {
    name.hasPrefix("deaddrop-") && name.hasSuffix(manager.ending)
  }

  private static let quotes = Array("\"'\\".utf8)

  private var words: [String] {
    [program, "daemon", "run", "--dir", directory, "--as", handle.name]
  }

  /// A path or value that can stand in no such file; nil where there is none.
  ///
  /// Control characters do not, and in the name of a program systemd takes no quote or backslash.
  package var unwritable: String? {
    if manager == .systemd, program.utf8.contains(where: Self.quotes.contains) { return program }
    return (words + writablePlaces + variables.values).first { text in
      text.utf8.contains { $0 < 0x20 || $0 == 0x7F }
    }
  }

  package var text: String {
    switch manager {
    case .systemd: systemdText
    case .launchd: launchdText
    }
  }

  /// The program that a file of ours starts; nil where that cannot be told.
  package static func program(in text: String) -> String? { words(in: text).first }

  /// The wire's directory in a file of ours; nil where that cannot be told.
  package static func directory(in text: String) -> String? {
    let words = words(in: text)
    guard let option = words.firstIndex(of: "--dir"), option + 1 < words.count else { return nil }
    return words[option + 1]
  }

  /// The command line that a file of ours says.
  private static func words(in text: String) -> [String] {
    var words: [String] = []
    for line in text.split(separator: "\n") {
      if line.hasPrefix(execution) { return unquotedLine(line.dropFirst(execution.count)) }
      let entry = line.drop { $0 == " " }
      if entry == "</array>" { return words }
      if entry.hasPrefix("<string>"), entry.hasSuffix("</string>") {
        words.append(unescaped(entry.dropFirst(8).dropLast(9)))
      }
    }
    return words
  }
}

/// systemd.service(5), systemd.exec(5), systemd.syntax(7).
extension ServiceUnit {
  /// With the colon no `$` of a path is taken for a variable.
  private static let execution = "ExecStart=:"

  private var systemdText: String {
    var lines = [
      "# \(Self.advice)", "[Unit]",
      "Description=deaddrop daemon of \(handle) on wire \(wire.hex.prefix(12))",
      "StartLimitIntervalSec=0", "", "[Service]", "Type=simple",
      Self.execution + Self.quotedLine(words),
    ]
    lines += variables.sorted { $0.key < $1.key }.map {
      "Environment=" + Self.quoted("\($0.key)=\($0.value)")
    }
    // Exit code 1 is that there is nothing to be present for any more; that no start changes.
    lines += ["Restart=on-failure", "RestartSec=5", "RestartPreventExitStatus=1"]
    lines += ["NoNewPrivileges=yes", "LockPersonality=yes", "RestrictRealtime=yes"]
    if isConfined { lines += confinement }
    lines += ["", "[Install]", "WantedBy=default.target"]
    return lines.joined(separator: "\n") + "\n"
  }

  /// What a command of the operator would trip over: it writes where it likes, has tools that make
  /// code as they run, and sends its word over the network.
  private var confinement: [String] {
    let places = [directory] + writablePlaces
    var lines = [
      // Without it systemd 252 leaves out, in silence, all that needs a mount namespace.
      "PrivateUsers=yes", "ProtectSystem=strict", "ReadWritePaths=" + Self.quotedLine(places),
      "MemoryDenyWriteExecute=yes", "RestrictAddressFamilies=AF_UNIX", "RestrictNamespaces=yes",
      "SystemCallArchitectures=native", "SystemCallFilter=@system-service",
      "SystemCallErrorNumber=EPERM",
    ]
    // A private /tmp would hide what the daemon is for.
    let isInTemporary = (places + [program]).contains {
      $0.hasPrefix("/tmp/") || $0.hasPrefix("/var/tmp/")
    }
    if !isInTemporary { lines.append("PrivateTmp=yes") }
    return lines
  }

  private static func quotedLine(_ words: [String]) -> String {
    words.map(quoted).joined(separator: " ")
  }

  /// A word of a unit file, whatever is in it: a `%` would be a specifier, a `\` an escape.
  private static func quoted(_ word: String) -> String {
    var text = "\""
    for character in word.unicodeScalars {
      switch character {
      case "\"", "\\": text += "\\\(character)"
      case "%": text += "%%"
      default: text.unicodeScalars.append(character)
      }
    }
    return text + "\""
  }

  /// The words of a line that `quotedLine` made.
  private static func unquotedLine(_ text: Substring) -> [String] {
    var words: [String] = []
    var word: String?
    var rest = text.unicodeScalars
    while let character = rest.popFirst() {
      switch (character, word) {
      case ("\"", let done?): (words, word) = (words + [done], nil)
      case ("\"", nil): word = ""
      case ("\\", _?), ("%", _?):
        if let next = rest.popFirst() { word?.unicodeScalars.append(next) }
      default: word?.unicodeScalars.append(character)
      }
    }
    return words
  }
}

/// launchd.plist(5); written with care and never run.
extension ServiceUnit {
  private var launchdText: String {
    var lines = [
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
      "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" "
        + "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">",
      "<!-- \(Self.advice) -->", "<plist version=\"1.0\">", "<dict>",
      // First, so that the program is the first string of the file.
      "  <key>ProgramArguments</key>", "  <array>",
    ]
    lines += words.map { "    <string>\(Self.escaped($0))</string>" } + ["  </array>"]
    lines += ["  <key>Label</key>", "  <string>\(label)</string>"]
    if !variables.isEmpty {
      lines += ["  <key>EnvironmentVariables</key>", "  <dict>"]
      for (name, value) in variables.sorted(by: { $0.key < $1.key }) {
        lines += ["    <key>\(name)</key>", "    <string>\(Self.escaped(value))</string>"]
      }
      lines.append("  </dict>")
    }
    lines += [
      "  <key>RunAtLoad</key>", "  <true/>", "  <key>KeepAlive</key>", "  <dict>",
      "    <key>SuccessfulExit</key>", "    <false/>", "  </dict>",
      "  <key>ThrottleInterval</key>", "  <integer>10</integer>", "  <key>ProcessType</key>",
      "  <string>Background</string>", "</dict>", "</plist>",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  private static let entities: [Unicode.Scalar: String] = ["&": "&amp;", "<": "&lt;", ">": "&gt;"]

  private static func escaped(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { $0 += entities[$1] ?? String($1) }
  }

  private static func unescaped(_ text: Substring) -> String {
    var word = ""
    var rest = text[...]
    while let character = rest.first {
      if let (plain, entity) = entities.first(where: { rest.hasPrefix($0.value) }) {
        word.unicodeScalars.append(plain)
        rest = rest.dropFirst(entity.count)
      } else {
        word.append(character)
        rest.removeFirst()
      }
    }
    return word
  }
}
