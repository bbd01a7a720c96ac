import WireFormat

/// The values of several runs, of which the median counts.
struct Spread {
  private let sorted: [Double]

  init(_ values: [Double]) { sorted = values.sorted() }

  var count: Int { sorted.count }
  var least: Double { sorted.first ?? .nan }
  var most: Double { sorted.last ?? .nan }

  var median: Double {
    guard !sorted.isEmpty else { return .nan }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}

/// What a number counts, and how it is written.
enum Unit: String {
  case seconds, perSecond, instructions, bytes
  /// Of things, one by one.
  case count
  /// Few enough to be written out.
  case plainBytes
  /// How many times as much as the limit or peer.
  case times
  /// Which part of the limit, as a percentage.
  case share

  func text(_ value: Double) -> String {
    switch self {
    case .seconds:
      if value < 1e-3 { return Self.digits(value * 1e6) + " us" }
      return value < 1 ? Self.digits(value * 1e3) + " ms" : Self.digits(value) + " s"
    case .perSecond: return Self.large(value) + "/s"
    case .instructions: return Self.large(value)
    case .count: return Self.digits(value)
    case .bytes: return Self.digits(value / 1e6) + " MB"
    case .plainBytes: return Self.digits(value) + " B"
    case .times: return Self.digits(value) + " x"
    case .share: return Self.digits(value * 100) + " %"
    }
  }

  private static func large(_ value: Double) -> String {
    if value >= 1e6 { return digits(value / 1e6) + " M" }
    return value >= 1e3 ? digits(value / 1e3) + " k" : digits(value)
  }

  /// Three digits that count, without an exponent.
  private static func digits(_ value: Double) -> String {
    guard value.isFinite else { return "-" }
    let places = value < 10 ? 100.0 : value < 100 ? 10.0 : 1.0
    let scaled = (value * places).rounded() / places
    return places == 1 ? String(Int(scaled)) : String(scaled)
  }
}

/// What was measured, in one unit.
struct Measure {
  let spread: Spread
  let unit: Unit

  init(_ values: [Double], _ unit: Unit) { (spread, self.unit) = (Spread(values), unit) }

  /// The median, and what it lies between.
  var text: String {
    let median = unit.text(spread.median)
    guard spread.count > 1 else { return median }
    return "\(median) (\(unit.text(spread.least)) - \(unit.text(spread.most)))"
  }

  var value: JSONValue {
    .object([
      "median": .real(spread.median), "min": .real(spread.least), "max": .real(spread.most),
      "runs": .integer(spread.count), "unit": .string(unit.rawValue),
    ])
  }
}

/// One line of the table: a measurement, what it is held against, and the goal.
struct Row {
  enum Goal {
    case atLeast(Double)
    case atMost(Double)
  }

  let name: String
  let what: String
  let goal: Goal
  /// In what the goal is said; the judged number is of the same unit.
  let goalUnit: Unit
  var measured: Measure?
  /// The limit or peer of the same run, by name.
  var against: (name: String, measure: Measure)?
  /// What is held against the goal; nil when it was not measured.
  var judged: Measure?
  var notes: [String] = []
  /// Why it was not measured.
  var skipped: String?

  init(_ name: String, _ what: String, _ goal: Goal, _ goalUnit: Unit) {
    (self.name, self.what, self.goal, self.goalUnit) = (name, what, goal, goalUnit)
  }

  /// The same row without a measurement.
  func skipped(_ why: String) -> Row {
    var row = self
    row.skipped = why
    return row
  }

  var hasPassed: Bool? {
    guard let median = judged?.spread.median else { return nil }
    return switch goal {
    case .atLeast(let bound): median >= bound
    case .atMost(let bound): median <= bound
    }
  }

  var goalText: String {
    switch goal {
    case .atLeast(let bound): ">= " + goalUnit.text(bound)
    case .atMost(let bound): "<= " + goalUnit.text(bound)
    }
  }

  var verdict: String { hasPassed.map { $0 ? "pass" : "MISS" } ?? "skipped" }

  var value: JSONValue {
    var bound: JSONObject = ["unit": .string(goalUnit.rawValue)]
    switch goal {
    case .atLeast(let value): bound["at_least"] = .real(value)
    case .atMost(let value): bound["at_most"] = .real(value)
    }
    return .object([
      "name": .string(name), "what": .string(what), "goal": .object(bound),
      "measured": measured?.value, "against": against.map { .string($0.name) },
      "against_measured": against?.measure.value, "judged": judged?.value,
      "pass": hasPassed.map { .bool($0) } ?? .null, "skipped": skipped.map { .string($0) },
      "notes": .strings(notes),
    ])
  }
}
