/// One picture of `top`: at most so many lines, none wider than the screen.
package struct TopFrame: Equatable, Sendable {
  package let lines: [Line]

  /// From so many rows on there are titles, and a last line that says how to leave.
  private static let roomyRows = 16
  private static let bannerLimit = 2

  package init(_ facts: TopFacts, columns: Int, rows: Int) {
    let isRoomy = rows >= Self.roomyRows
    var lines = [facts.head] + Self.banners(facts.banners)
    let room = rows - lines.count - (isRoomy ? 1 : 0)
    lines += Self.body(facts.sections.filter { !$0.rows.isEmpty }, room, hasTitles: isRoomy)
    if isRoomy {
      while lines.count < rows - 1 { lines.append("") }
      lines.append(Line("q quits", .faint))
    }
    self.lines = lines.prefix(max(0, rows)).map { $0.clipped(to: columns) }
  }

  /// The first ones, and how many there are besides.
  private static func banners(_ banners: [Line]) -> [Line] {
    guard banners.count > bannerLimit else { return banners }
    return banners.prefix(bannerLimit - 1) + [
      Line("! \(banners.count - bannerLimit + 1) more of what stops you: deaddrop incidents", .bad)
    ]
  }

  /// Gives each section a line in turn until none is left or all have what they need.
  private static func body(
    _ sections: [TopFacts.Section], _ room: Int, hasTitles: Bool
  ) -> [Line] {
    let titleCount = hasTitles ? 1 : 0
    var shares = sections.map { _ in 0 }
    var left = room
    // A title alone says nothing: it comes with the first line.
    for index in sections.indices where left > titleCount {
      shares[index] = 1
      left -= 1 + titleCount
    }
    var isGiving = true
    while left > 0, isGiving {
      isGiving = false
      for index in sections.indices
      where left > 0 && shares[index] > 0 && shares[index] < sections[index].rows.count {
        shares[index] += 1
        left -= 1
        isGiving = true
      }
    }
    return zip(sections, shares).flatMap { section, share in
      share == 0
        ? [] : (hasTitles ? [Line(section.title, .strong)] : []) + shown(section, share)
    }
  }

  private static func shown(_ section: TopFacts.Section, _ count: Int) -> [Line] {
    let rows = section.rows
    if section.isTail { return Array(rows.suffix(count)) }
    guard rows.count > count else { return rows }
    // With one line only, the fact says more than how many there are.
    guard count > 1 else { return Array(rows.prefix(1)) }
    return rows.prefix(count - 1) + [Line("\(rows.count - count + 1) more", .faint)]
  }
}
