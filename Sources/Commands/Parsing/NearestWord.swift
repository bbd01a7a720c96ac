/// Finds the word that was meant.
package enum NearestWord {
  /// The candidate that is a few slips of the keyboard away, or the only one so begun; else nil.
  ///
  /// Of several equally near the first counts.
  package static func nearest(to word: String, in candidates: [String]) -> String? {
    let distances = candidates.map { (distance($0, word), $0) }
    if let best = distances.min(by: { $0.0 < $1.0 }), best.0 <= max(1, word.utf8.count / 3) {
      return best.1
    }
    let begun = candidates.filter { word.utf8.count > 1 && $0.hasPrefix(word) }
    return begun.count == 1 ? begun.first : nil
  }

  /// How many insertions, deletions, replacements and swaps of neighbours make one of the other.
  ///
  /// Source: the restricted Damerau-Levenshtein distance, over bytes.
  package static func distance(_ one: String, _ other: String) -> Int {
    let (a, b) = (Array(one.utf8.prefix(64)), Array(other.utf8.prefix(64)))
    var rows = [Array(0...b.count)]
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var best = min(rows[i][j + 1], row[j]) + 1
        best = min(best, rows[i][j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          best = min(best, rows[i - 1][j - 1] + 1)
        }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}
