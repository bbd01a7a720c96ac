/// Rows whose cells stand below each other; the one way to list things.
package struct Table {
  private let header: [String]
  private var rows: [[Line]] = []

  /// A table with these column names, shown only when there are rows; none when they are empty.
  package init(_ header: [String] = []) { self.header = header }

  package mutating func add(_ cells: Line...) { rows.append(cells) }

  /// The lines: columns padded to the widest cell, two spaces between, the last one not padded.
  ///
  /// Widths count characters, not columns of wide scripts.
  package var lines: [Line] {
    guard !rows.isEmpty else { return [] }
    let all = (header.isEmpty ? [] : [header.map { Line($0, .faint) }]) + rows
    var widths: [Int] = []
    for row in all {
      for (column, cell) in row.enumerated() {
        if column == widths.count { widths.append(0) }
        widths[column] = max(widths[column], cell.text.count)
      }
    }
    return all.map { row in
      var line = Line("")
      for (column, cell) in row.enumerated() {
        let isLast = column == row.count - 1
        let room = isLast ? 0 : widths[column] - cell.text.count + 2
        line = line + cell + Line(String(repeating: " ", count: room))
      }
      return line
    }
  }
}
