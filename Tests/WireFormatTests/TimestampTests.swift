import Testing
import WireFormat

/// A calendar that counts year by year and month by month, to check the closed formulas against.
private enum CountedCalendar {
  static func isLeap(_ year: Int) -> Bool {
    if year % 400 == 0 { return true }
    return year % 100 == 0 ? false : year % 4 == 0
  }

  static func days(_ month: Int, _ year: Int) -> Int {
    [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }

  /// Days from 0001-01-01 to the first of each year; index 0 is year 1.
  static let yearStarts: [Int] = {
    var starts = [0]
    for year in 1...9999 { starts.append(starts[year - 1] + (isLeap(year) ? 366 : 365)) }
    return starts
  }()

  static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let months = (1..<month).reduce(0) { $0 + days($1, year) }
    return yearStarts[year - 1] - yearStarts[1969] + months + day - 1
  }
}

private func padded(_ value: Int, _ width: Int) -> String {
  String(repeating: "0", count: width - String(value).count) + String(value)
}

@Suite("A timestamp is one instant and one spelling")
struct TimestampTests {
  private static let dayLength: Int64 = 86_400_000_000

  @Test(
    "the edges of the calendar are where they belong",
    arguments: [
      ("1970-01-01T00:00:00.000000Z", 0), ("1970-01-01T00:00:00.000001Z", 1),
      ("1969-12-31T23:59:59.999999Z", -1), ("2000-02-29T00:00:00.000000Z", 951_782_400_000_000),
      ("2026-11-20T10:00:02.015838Z", 1_795_168_802_015_838),
      ("0001-01-01T00:00:00.000000Z", -62_135_596_800_000_000),
      ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999),
      ("1600-03-01T00:00:00.000000Z", -11_670_912_000_000_000),
      ("1900-02-28T23:59:59.999999Z", -2_203_891_200_000_001),
      ("2038-01-19T03:14:08.000000Z", 2_147_483_648_000_000),
    ] as [(String, Int64)])
  func edges(_ text: String, _ microseconds: Int64) {
    #expect(Timestamp(Text(text))?.microseconds == microseconds)
    #expect(Timestamp(microseconds: microseconds).string == text)
  }

  @Test("random instants are spelled as a counted calendar spells them, and read back")
  func roundTrips() {
    var random = RandomSource("instants")
    for _ in 0..<5_000 {
      let year = random.int(1...9999)
      let month = random.int(1...12)
      let last = CountedCalendar.days(month, year)
      let day = random.once(in: 4) ? last : random.int(1...last)
      let clock = random.int(0...86_399)
      let fraction = random.once(in: 8) ? 0 : random.below(1_000_000)
      let text =
        "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T\(padded(clock / 3600, 2))"
        + ":\(padded(clock / 60 % 60, 2)):\(padded(clock % 60, 2)).\(padded(fraction, 6))Z"
      let days = CountedCalendar.days(year, month, day)
      let microseconds = Int64((days * 86_400 + clock) * 1_000_000 + fraction)
      #expect(Timestamp(Text(text))?.microseconds == microseconds, "\(text) seed \(RunSeed.value)")
      #expect(Timestamp(microseconds: microseconds).string == text, "seed \(RunSeed.value)")
    }
  }

  @Test("every day of each seventh year follows the one before", arguments: [1, 1899, 9600])
  func everyDay(_ first: Int) throws {
    for year in stride(from: first, to: first + 400, by: 7) {
      var instant = Int64(CountedCalendar.days(year, 1, 1)) * Self.dayLength
      for month in 1...12 {
        for day in 1...CountedCalendar.days(month, year) {
          let text = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T00:00:00.000000Z"
          try #require(Timestamp(Text(text))?.microseconds == instant, "\(text)")
          try #require(Timestamp(microseconds: instant).string == text)
          instant += Self.dayLength
        }
      }
    }
  }

  @Test("a date that does not exist is refused", arguments: 1...12)
  func noSuchDay(_ month: Int) {
    for year in [1, 4, 100, 400, 1900, 2000, 2023, 2024, 2100, 9999] {
      for day in 0...39 {
        let text = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T12:00:00.000000Z"
        let exists = day >= 1 && day <= CountedCalendar.days(month, year)
        #expect((Timestamp(Text(text)) != nil) == exists, "\(text)")
      }
    }
  }

  @Test(
    "what is not the exact form is refused",
    arguments: [
      "", "2026", "2026-11-20", "2026-11-20T10:00:00Z", "2026-11-20T10:00:00.0Z",
      "2026-11-20T10:00:00.00000Z", "2026-11-20T10:00:00.0000000Z", "2026-11-20T10:00:00.000000",
      "2026-11-20T10:00:00.000000z", "2026-11-20t10:00:00.000000Z", "2026-11-20 10:00:00.000000Z",
      "2026-11-20T10:00:00,000000Z", "2026-11-20T10:00:00.000000+00:00", "20261120T100000.000000Z",
      "2026-11-20T10:00:00.000000+0", " 026-11-20T10:00:00.000000Z", "+026-11-20T10:00:00.000000Z",
      "-026-11-20T10:00:00.000000Z", "2026-11-20T10:00:00.000000Z ", " 2026-11-20T10:00:00.000000Z",
      "2026-13-20T10:00:00.000000Z", "2026-00-20T10:00:00.000000Z", "0000-11-20T10:00:00.000000Z",
      "2026-11-20T24:00:00.000000Z", "2026-11-20T10:60:00.000000Z", "2026-11-20T10:00:60.000000Z",
      "2016-12-31T23:59:60.000000Z", "2026-11-31T10:00:00.000000Z",
      "2026-11-20T10:00:00.00000\u{e9}",
      "\u{ff12}26-11-20T10:00:00.000000Z", "2026-11-20T1\u{661}:00:00.000000Z",
      "12026-11-20T10:00:00.00000Z", "2026/11/20T10:00:00.000000Z", "2026-11-20T10.00.00.000000Z",
    ])
  func malformed(_ text: String) {
    #expect(Timestamp(Text(text)) == nil)
  }

  @Test("any byte at any place keeps the form or is refused", arguments: 0..<27)
  func everyByte(_ place: Int) {
    let good = Array("2024-02-28T19:51:52.123456Z".utf8)
    let marks = [4: "-", 7: "-", 10: "T", 13: ":", 16: ":", 19: ".", 26: "Z"]
    // The greatest digit that leaves a date and an hour: 2024-02-29 exists, 2024-02-3x does not.
    let greatest = [5: 1, 6: 9, 8: 2, 9: 9, 11: 1, 14: 5, 17: 5]
    for byte in UInt8.min...UInt8.max {
      var bytes = good
      bytes[place] = byte
      let digit = Int(byte) - 48
      let isGood =
        marks[place].map { Array($0.utf8) == [byte] }
        ?? (0...(greatest[place] ?? 9)).contains(digit)
      // Month 00 is out as well.
      let exists = place != 6 || digit != 0
      let read = Timestamp(Text(utf8: bytes))
      #expect((read != nil) == (isGood && exists), "\(shown(bytes))")
      if let read { #expect(Array(read.string.utf8) == bytes) }
    }
  }

  @Test("a range inside a longer line is read in place")
  func inPlace() {
    let line = Array("xx2026-11-20T10:00:02.015838Zyy".utf8)
    #expect(Timestamp(line.span, in: 2..<29)?.microseconds == 1_795_168_802_015_838)
    #expect(Timestamp(line.span, in: 1..<28) == nil)
    #expect(Timestamp(line.span, in: 2..<28) == nil)
  }

  @Test("timestamps order as instants, and seconds add")
  func order() {
    let early = Timestamp(microseconds: -5)
    let late = Timestamp(microseconds: 3)
    #expect(early < late && !(late < early))
    #expect(early.adding(seconds: 2).microseconds == 1_999_995)
    #expect(late.adding(seconds: -1).microseconds == -999_997)
  }

  @Test("an instant beyond the years 1 to 9999 is the nearest inside, and reads back")
  func clamped() {
    for microseconds in [Int64.min, .max, 253_402_300_800_000_000, -62_135_596_800_000_001] {
      let stamp = Timestamp(microseconds: microseconds)
      #expect(Timestamp(Text(stamp.string)) == stamp)
    }
    let last = Timestamp(microseconds: .max)
    #expect(last.adding(seconds: 1) == last)
    #expect(last.adding(seconds: .max) == last)
    let first = Timestamp(microseconds: .min)
    #expect(first.adding(seconds: .min) == first)
  }
}
