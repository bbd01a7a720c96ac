import Host

/// Standard input line by line, for plumbing: a line is answered as soon as it is there.
enum InputLines {
  /// Longest line handed on whole: a line of the wire in base64, and one byte to see there is more.
  private static let limit = 349_529

  /// Calls the body with each line and its number, from 1; its first failure ends it all.
  static func read(
    _ body: (InputLine, Int) throws(CommandFailure) -> Void
  ) throws(CommandFailure) {
    var number = 0
    var failure: CommandFailure?
    do {
      try StandardStreams.readInputLines(limit: limit) { line in
        number += 1
        do throws(CommandFailure) {
          try body(line, number)
        } catch {
          failure = error
        }
        return failure == nil
      }
    } catch {
      throw CommandFailure(error)
    }
    if let failure { throw failure }
  }

  /// One line, as a person types it; nil at the end of the input.
  ///
  /// Of what is not a terminal the lines behind it may be read too, and are dropped.
  static func first() throws(CommandFailure) -> String? {
    var first: String?
    do {
      try StandardStreams.readInputLines(limit: limit) { line in
        first = String(decoding: line.bytes, as: UTF8.self)
        return false
      }
    } catch {
      throw CommandFailure(error)
    }
    return first
  }
}
