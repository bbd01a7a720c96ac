import Host
import WireFormat

/// Where and how the rows were measured, and the rows.
struct Report {
  let plan: Plan
  let fileSystem: String
  var rows: [Row] = []

  /// How to measure the same again.
  private var again: String { plan.isQuick ? "make bench QUICK=1" : "make bench" }

  private var day: String {
    String(Timestamp(microseconds: WallClock.now()).string.prefix(10))
  }

  var text: String {
    let size = plan.isQuick ? "QUICK, smaller sizes: no figures for the record" : "full size"
    let head = "\(day), \(processorCount()) cores, \(fileSystem), \(size); median (min - max)"
    let cells = [["what", "measured", "limit or peer of this run", "judged", "goal", ""]]
    let lines = Self.columns(cells + rows.map(Self.cells))
    let notes =
      rows.flatMap { row in
        (row.skipped.map { ["skipped: \($0)"] } ?? []) + row.notes.map { $0 }
      }.isEmpty ? [] : [""] + rows.flatMap(Self.noteLines)
    return ([head, ""] + lines + notes + ["", "repeat: \(again)", ""]).joined(separator: "\n")
  }

  private static func cells(_ row: Row) -> [String] {
    [
      row.what, row.measured?.text ?? "-",
      row.against.map { "\($0.name) \($0.measure.text)" } ?? "-",
      row.judged.map { $0.unit.text($0.spread.median) } ?? "-", row.goalText, row.verdict,
    ]
  }

  private static func noteLines(_ row: Row) -> [String] {
    let words = (row.skipped.map { ["skipped: \($0)"] } ?? []) + row.notes
    return words.map { "\(row.name): \($0)" }
  }

  private static func columns(_ rows: [[String]]) -> [String] {
    let widths = rows.reduce(into: [Int](repeating: 0, count: 6)) { widths, row in
      for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.count) }
    }
    return rows.map { row in
      let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
      var line = cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  /// One JSON object, a row a line.
  var json: [UInt8] {
    let head: JSONObject = [
      "cores": .integer(processorCount()), "date": .string(day),
      "file_system": .string(fileSystem), "quick": .bool(plan.isQuick), "repeat": .string(again),
    ]
    var bytes = CanonicalWriter.bytes(of: head)
    bytes.removeLast()
    bytes += Array(",\"rows\":[\n".utf8)
    bytes += rows.map { CanonicalWriter.bytes(of: $0.value) }.joined(separator: Array(",\n".utf8))
    return bytes + Array("\n]}\n".utf8)
  }
}
