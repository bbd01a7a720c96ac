import Host
import WireFormat

/// The one place that prints: the answer to standard output, all else to standard error.
///
/// Everything that is printed for people passes through `PeerText`, whoever wrote it.
///
/// Wording, for whoever adds a message: a lowercase clause without a period, naming the thing and
/// the place; no advice in an error, which is what the hint is for; a hint is a command to paste.
package struct Terminal: Sendable {
  package let isColoured: Bool
  /// The columns of standard output; nil when it is no terminal.
  package let width: Int?

  package init(isColoured: Bool = false, width: Int? = nil) {
    self.isColoured = isColoured
    self.width = width
  }

  /// The terminal that the process was started with; colour by NO_COLOR and TERM.
  package static var current: Terminal {
    let isTerminal = Environment.isTerminal(1)
    let isPlain =
      Environment.value("NO_COLOR") != nil || Environment.value("TERM") == "dumb"
    return Terminal(
      isColoured: isTerminal && !isPlain,
      width: isTerminal ? Environment.terminalWidth() ?? 80 : nil)
  }

  /// Shows a whole report: first the answer in one write, then the notes.
  func show(_ report: Report, asJSON: Bool) throws(CommandFailure) {
    var answer: [UInt8] = []
    var words: [UInt8] = []
    for item in report.items {
      switch item {
      case .answer, .data, .exact: answer += bytes(of: item, asJSON: asJSON)
      case .note, .warning: words += bytes(of: item, asJSON: asJSON)
      }
    }
    defer { tell(words) }
    try write(answer)
  }

  /// Shows one item at once.
  func show(_ item: ReportItem, asJSON: Bool) throws(CommandFailure) {
    let bytes = bytes(of: item, asJSON: asJSON)
    switch item {
    case .answer, .data, .exact: try write(bytes)
    case .note, .warning: tell(bytes)
    }
  }

  /// Says on standard error how far a long reading is; nothing where that is no terminal.
  var progress: @Sendable (_ log: String, _ read: Int64, _ of: Int64) -> Void {
    guard Environment.isTerminal(2) else { return { _, _, _ in } }
    return { log, read, total in
      // Back to the first column and clear to the end, ECMA-48 §8.3.41: the answer comes there.
      let isDone = read >= total
      let words = isDone ? "" : "\(PeerText.escaped(log)): \(100 * read / total) %"
      try? StandardStreams.writeError(Array("\r\u{1B}[K\(words)".utf8))
    }
  }

  /// Shows a failure and its hint.
  func show(_ failure: CommandFailure) {
    guard !failure.message.isEmpty else { return }
    let hint = failure.hint.map { word("hint", $0) } ?? []
    tell(word("error", failure.message) + hint)
  }

  /// The bytes that an item is, for the stream where it belongs.
  package func bytes(of item: ReportItem, asJSON: Bool) -> [UInt8] {
    switch item {
    case .answer(_, json: let object) where asJSON:
      object.map { JSONText.line($0) + [0x0A] } ?? []
    case .answer(let lines, json: _): lines.flatMap { $0.shown(coloured: isColoured).utf8 + [0x0A] }
    case .data(let object): JSONText.line(object) + [0x0A]
    case .exact(let bytes): bytes + [0x0A]
    case .note(let text): word("note", text)
    case .warning(let text): word("warning", text)
    }
  }

  private func word(_ kind: String, _ text: String) -> [UInt8] {
    Array("deaddrop: \(kind): \(PeerText.escaped(text))\n".utf8)
  }

  /// A reader that has gone, such as `head`, is no failure: there is only nobody left to tell.
  private func write(_ bytes: [UInt8]) throws(CommandFailure) {
    if bytes.isEmpty { return }
    do {
      try StandardStreams.writeOutput(bytes)
    } catch {
      throw error.isBrokenPipe ? CommandFailure(.done, "") : CommandFailure(error)
    }
  }

  private func tell(_ bytes: [UInt8]) {
    // There is no third place to complain to.
    if !bytes.isEmpty { try? StandardStreams.writeError(bytes) }
  }
}
