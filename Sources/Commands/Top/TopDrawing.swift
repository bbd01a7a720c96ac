/// What is on the screen, so that only rows that changed are drawn again.
package struct TopDrawing: Sendable {
  private var rows: [String] = []
  private var size = (columns: 0, rows: 0)
  private let isColoured: Bool

  package init(isColoured: Bool) { self.isColoured = isColoured }

  /// Takes nothing of what is on the screen for granted any more.
  package mutating func forget() { size = (0, 0) }

  /// The bytes that make the screen show a frame; none where it does already.
  ///
  /// A row is cleared before it is written: behind its last column nothing could be. Sequences by
  /// ECMA-48 §8.3.21 (place), §8.3.39 and §8.3.41 (clear).
  package mutating func bytes(_ frame: TopFrame, columns: Int, rows count: Int) -> [UInt8] {
    var out = ""
    if (columns, count) != size {
      out = "\u{1B}[2J"
      rows = Array(repeating: "", count: count)
      size = (columns, count)
    }
    for index in rows.indices {
      let text = index < frame.lines.count ? frame.lines[index].shown(coloured: isColoured) : ""
      guard text != rows[index] else { continue }
      rows[index] = text
      out += "\u{1B}[\(index + 1);1H\u{1B}[2K" + text
    }
    return Array(out.utf8)
  }
}
