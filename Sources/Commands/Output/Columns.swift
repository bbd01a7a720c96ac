/// How many columns of a terminal text takes, and what of it fits.
///
/// Where terminals differ it counts the larger number: what is cut to fit never wraps.
enum Columns {
  /// So many marks on one character are shown, each of no width; further ones are left out.
  private static let markLimit = 2

  /// The columns of one character, 0 for a mark on the one before it.
  static func count(_ scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x300 { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    default: return isWide(scalar.value) ? 2 : 1
    }
  }

  static func count(_ text: String) -> Int {
    text.utf8.allSatisfy { $0 < 0x80 }
      ? text.utf8.count : text.unicodeScalars.reduce(0) { $0 + count($1) }
  }

  /// The beginning of a text that fits, and whether that is all of it.
  static func fitting(_ text: String, _ columns: Int) -> (text: String, isWhole: Bool, width: Int) {
    var out = String.UnicodeScalarView()
    var width = 0
    var markCount = 0
    for scalar in text.unicodeScalars {
      let count = count(scalar)
      if count == 0 {
        markCount += 1
        if markCount > markLimit { continue }
      } else {
        markCount = 0
      }
      guard width + count <= columns else { return (String(out), false, width) }
      out.append(scalar)
      width += count
    }
    return (String(out), true, width)
  }

  private static func isWide(_ value: UInt32) -> Bool {
    if value < 0x1100 { return false }
    var low = 0
    var high = wide.count
    while low < high {
      let middle = (low + high) / 2
      if wide[middle].upperBound < value { low = middle + 1 } else { high = middle }
    }
    return low < wide.count && wide[low].contains(value)
  }

  /// Source: EastAsianWidth.txt, W and F, with what lies between them in blocks of such characters.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x231A...0x231B, 0x2329...0x232A, 0x23E9...0x23F3, 0x25FD...0x25FE,
    0x2614...0x2615, 0x2630...0x2637, 0x2648...0x2653, 0x267F...0x267F, 0x268A...0x268F,
    0x2693...0x2693, 0x26A1...0x26A1, 0x26AA...0x26AB, 0x26BD...0x26BE, 0x26C4...0x26C5,
    0x26CE...0x26CE, 0x26D4...0x26D4, 0x26EA...0x26EA, 0x26F2...0x26F5, 0x26FA...0x26FD,
    0x2705...0x2705, 0x270A...0x270B, 0x2728...0x2728, 0x274C...0x274E, 0x2753...0x2757,
    0x2795...0x2797, 0x27B0...0x27B0, 0x27BF...0x27BF, 0x2B1B...0x2B1C, 0x2B50...0x2B55,
    0x2E80...0x303E, 0x3040...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
    0xFE10...0xFE1F, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF,
    0x1AFF0...0x1B2FF, 0x1D300...0x1D37F, 0x1F000...0x1FAFF, 0x20000...0x3FFFD,
  ]
}

extension Line {
  /// The columns that it takes.
  var columnCount: Int { parts.reduce(0) { $0 + Columns.count($1.shown) } }

  /// The line with an ellipsis at its end where it has no room; no wider than asked for.
  package func clipped(to columns: Int) -> Line {
    let whole = cut(to: columns)
    if whole.isWhole { return whole.line }
    return columns > 0 ? cut(to: columns - 1).line + Line("…", .faint) : Line("")
  }

  /// As much as fits, escaped, and whether that is all.
  private func cut(to columns: Int) -> (line: Line, isWhole: Bool) {
    var line = self
    line.parts = []
    var left = max(0, columns)
    for part in parts {
      let cut = Columns.fitting(part.shown, left)
      line.parts.append(Part(text: cut.text, style: part.style))
      guard cut.isWhole else { return (line, false) }
      left -= cut.width
    }
    return (line, true)
  }
}
