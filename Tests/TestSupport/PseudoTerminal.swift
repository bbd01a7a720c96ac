import Host

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A terminal of a test: what a program draws on it is read here, what is typed here it reads.
package final class PseudoTerminal {
  private let master: Int32
  /// Held open, so that its modes can be asked for before, during and after.
  private let slave: Int32
  /// The file that a program opens as its terminal.
  package let path: String
  package private(set) var screen = ScreenModel()

  package struct Failed: Error, CustomStringConvertible {
    package let description: String
  }

  package init(columns: Int, rows: Int) throws {
    var (master, slave): (Int32, Int32) = (-1, -1)
    var size = winsize(
      ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    guard unsafe openpty(&master, &slave, nil, nil, &size) == 0 else {
      throw Failed(description: "openpty: \(errno)")
    }
    guard let name = unsafe ttyname(slave) else { throw Failed(description: "ttyname: \(errno)") }
    (self.master, self.slave) = (master, slave)
    path = unsafe String(cString: name)
    for number in [master, slave] { _ = fcntl(number, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(master, F_SETFL, O_NONBLOCK)
  }

  deinit {
    close(slave)
    if !isClosed { close(master) }
  }

  private var isClosed = false

  /// What a window does that is closed.
  package func hangUp() {
    close(master)
    isClosed = true
  }

  package func type(_ text: String) {
    let bytes = Array(text.utf8)
    _ = unsafe write(master, bytes, bytes.count)
  }

  /// Another size, of which the kernel tells whoever is in front of it.
  package func resize(columns: Int, rows: Int) {
    var size = winsize(
      ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = unsafe ioctl(master, UInt(TIOCSWINSZ), &size)
  }

  /// The modes, as numbers that can be compared.
  package func modes() -> [UInt32] {
    var modes = termios()
    unsafe tcgetattr(slave, &modes)
    return [
      UInt32(modes.c_iflag), UInt32(modes.c_oflag), UInt32(modes.c_cflag), UInt32(modes.c_lflag),
    ]
  }

  /// Reads until what is drawn is as wanted; half a minute is too long.
  package func wait(_ what: String, until isThere: (ScreenModel) -> Bool) throws {
    let deadline = MonotonicClock.deadline(after: .seconds(30))
    while !isThere(screen) {
      guard MonotonicClock.now() < deadline else {
        throw Failed(description: "no \(what):\n\(screen.rows.joined(separator: "\n"))")
      }
      var entry = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
      _ = unsafe poll(&entry, 1, 100)
      readAll()
    }
  }

  /// Takes what has been written by now.
  package func readAll() {
    var block = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe read(master, &block, block.count)
      // EAGAIN, or EIO once nobody has it open any more.
      guard count > 0 else { return }
      screen.take(Array(block[..<count]))
    }
  }
}

/// What a terminal shows that knows the sequences of `top`, and no other.
package struct ScreenModel: Sendable {
  /// The text of each row, as far as it was written.
  package private(set) var rows: [String] = Array(repeating: "", count: 300)
  package private(set) var isAlternate = false
  package private(set) var isCursorShown = true
  package private(set) var wraps = true
  /// Times that all was cleared.
  package private(set) var clearCount = 0
  /// What came that this terminal does not know.
  package private(set) var strange: [String] = []

  private var row = 0
  private var pending: [UInt8] = []

  package func shows(_ text: String) -> Bool { rows.contains { $0.contains(text) } }

  mutating func take(_ bytes: [UInt8]) {
    pending += bytes
    while let end = next() { pending.removeFirst(end) }
  }

  /// The bytes that were taken as one; nil where more must come first.
  private mutating func next() -> Int? {
    guard let first = pending.first else { return nil }
    if first != 0x1B {
      let text = pending.prefix { $0 != 0x1B }
      // A character may be cut at the end of a block.
      let count = text.count == pending.count ? Self.wholeCount(text) : text.count
      guard count > 0 else { return nil }
      let words = String(decoding: text.prefix(count), as: UTF8.self)
      if words.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7F...0x9F) ~= $0.value }) {
        strange.append(words)
      }
      rows[row] += words
      return count
    }
    guard pending.count > 1 else { return nil }
    guard pending[1] == UInt8(ascii: "[") else {
      strange.append(String(decoding: pending.prefix(16), as: UTF8.self))
      return 2
    }
    guard let end = pending[2...].firstIndex(where: { (0x40...0x7E).contains($0) }) else {
      return nil
    }
    obey(String(decoding: pending[2...end], as: UTF8.self))
    return end + 1
  }

  /// The bytes before a character that is not all there.
  private static func wholeCount(_ bytes: ArraySlice<UInt8>) -> Int {
    for back in 1...min(4, bytes.count) {
      let byte = bytes[bytes.endIndex - back]
      if byte < 0x80 { return bytes.count }
      if byte >= 0xC0 {
        let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
        return back >= length ? bytes.count : bytes.count - back
      }
    }
    return bytes.count
  }

  private mutating func obey(_ sequence: String) {
    switch sequence {
    case "?1049h": isAlternate = true
    case "?1049l": isAlternate = false
    case "?25h": isCursorShown = true
    case "?25l": isCursorShown = false
    case "?7h": wraps = true
    case "?7l": wraps = false
    case "H": row = 0
    case "2K": rows[row] = ""
    case "2J":
      rows = rows.map { _ in "" }
      clearCount += 1
    case _ where sequence.hasSuffix(";1H"):
      row = (Int(sequence.dropLast(3)) ?? 1) - 1
    case "0m", "1m", "2m", "31m", "32m", "33m": break
    default: strange.append(sequence)
    }
  }
}
