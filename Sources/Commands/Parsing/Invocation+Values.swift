import Host
package import WireFormat

extension Invocation {
  /// A whole number of at least the bound; nil when it was not given.
  package func integer(
    _ name: String, in range: PartialRangeFrom<Int>
  ) throws(CommandFailure) -> Int? {
    try integer(name, "of at least \(range.lowerBound)") { range.contains($0) }
  }

  /// A whole number in a range; nil when it was not given.
  package func integer(
    _ name: String, in range: ClosedRange<Int>
  ) throws(CommandFailure) -> Int? {
    try integer(name, "from \(range.lowerBound) to \(range.upperBound)") { range.contains($0) }
  }

  private func integer(
    _ name: String, _ rule: String, _ allows: (Int) -> Bool
  ) throws(CommandFailure) -> Int? {
    guard let text = optionalText(name) else { return nil }
    guard let number = Int(text), allows(number) else {
      throw .usage("--\(name) is a whole number \(rule), not \"\(text)\"")
    }
    return number
  }

  /// A time span such as `90s`, `2m` or `1h30m`; nil when it was not given.
  package func duration(_ name: String) throws(CommandFailure) -> Duration? {
    guard let text = optionalText(name) else { return nil }
    guard let duration = TimeSpan.read(text) else {
      throw .usage("--\(name) is a time such as 90s, 2m or 1h30m, not \"\(text)\"")
    }
    return duration
  }

  /// An instant: an RFC 3339 stamp as messages carry it, or a time span before now.
  package func instant(_ name: String) throws(CommandFailure) -> Timestamp? {
    guard let text = optionalText(name) else { return nil }
    if let stamp = Timestamp(Text(text)) { return stamp }
    if let stamp = TimeSpan.padded(text) { return stamp }
    if let span = TimeSpan.read(text) {
      return Timestamp(microseconds: WallClock.now()).adding(seconds: -span.components.seconds)
    }
    throw .usage("--\(name) is a UTC time such as 2026-05-12T18:42:44Z, or 2h, not \"\(text)\"")
  }

  /// An instant that is still to come: a stamp, or a time span from now.
  package func deadline(_ name: String) throws(CommandFailure) -> Timestamp? {
    guard let text = optionalText(name) else { return nil }
    let now = Timestamp(microseconds: WallClock.now())
    let span = TimeSpan.read(text).map { now.adding(seconds: $0.components.seconds) }
    guard let stamp = Timestamp(Text(text)) ?? TimeSpan.padded(text) ?? span else {
      throw .usage("--\(name) is a UTC time such as 2026-05-12T18:42:44Z, or 7d, not \"\(text)\"")
    }
    guard stamp > now else { throw .usage("--\(name) \(text) is not after now") }
    return stamp
  }

  /// A handle; nil when it was not given.
  package func handle(_ name: String) throws(CommandFailure) -> Handle? {
    guard let text = optionalText(name) else { return nil }
    return try Self.handle(text)
  }

  /// All handles given, one each time or several between commas, each once.
  package func handles(_ name: String) throws(CommandFailure) -> [Handle] {
    var found: [Handle] = []
    for text in texts(name).flatMap({ $0.split(separator: ",") }) {
      let handle = try Self.handle(String(text))
      if !found.contains(handle) { found.append(handle) }
    }
    return found
  }

  private static func handle(_ text: String) throws(CommandFailure) -> Handle {
    do {
      return try Handle(text)
    } catch {
      throw .usage("\"\(text)\": \(error)")
    }
  }
}

/// Spans of time as people type them.
enum TimeSpan {
  /// One or more of `<digits><d|h|m|s>`; nil for anything else.
  static func read(_ text: String) -> Duration? {
    var seconds = 0
    var number: Int?
    for byte in text.utf8 {
      let digit = byte &- UInt8(ascii: "0")
      if digit < 10 {
        guard (number ?? 0) < 100_000_000 else { return nil }
        number = (number ?? 0) * 10 + Int(digit)
        continue
      }
      guard let count = number, let unit = units[byte] else { return nil }
      seconds += count * unit
      number = nil
    }
    return number == nil && !text.isEmpty ? .seconds(seconds) : nil
  }

  private static let units: [UInt8: Int] = [
    UInt8(ascii: "d"): 86_400, UInt8(ascii: "h"): 3_600, UInt8(ascii: "m"): 60,
    UInt8(ascii: "s"): 1,
  ]

  /// The seconds as `read` takes them.
  static func words(_ seconds: Int) -> String {
    var words = ""
    if seconds >= 3_600 { words += "\(seconds / 3_600)h" }
    if seconds >= 60, seconds / 60 % 60 > 0 { words += "\(seconds / 60 % 60)m" }
    if seconds % 60 > 0 || words.isEmpty { words += "\(seconds % 60)s" }
    return words
  }

  /// A stamp typed without its fraction, or as a date alone.
  static func padded(_ text: String) -> Timestamp? {
    if text.utf8.count == 10 { return Timestamp(Text(text + "T00:00:00.000000Z")) }
    guard text.hasSuffix("Z") else { return nil }
    return Timestamp(Text(String(text.dropLast()) + ".000000Z"))
  }
}
