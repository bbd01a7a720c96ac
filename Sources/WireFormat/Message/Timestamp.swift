/// An instant in UTC with microseconds, as every v3.2 line spells it.
///
/// Source: RFC 3339, restricted to `YYYY-MM-DDTHH:MM:SS.ffffffZ`.
package struct Timestamp: Hashable, Sendable {
  /// Microseconds since 1970-01-01T00:00:00Z.
  package let microseconds: Int64

  private static let range: ClosedRange<Int64> = -62_135_596_800_000_000...253_402_300_799_999_999

  /// An instant outside the years 1 to 9999 becomes the nearest one inside.
  package init(microseconds: Int64) {
    self.microseconds = min(max(microseconds, Self.range.lowerBound), Self.range.upperBound)
  }

  /// Nil unless the text is the exact form and a date that exists, from year 1 to 9999.
  package init?(_ text: Text) {
    self.init(text.utf8.span, in: 0..<text.utf8.count)
  }

  package init?(_ bytes: Span<UInt8>, in range: Range<Int>) {
    guard range.count == 27 else { return nil }
    let base = range.lowerBound
    func number(_ start: Int, _ count: Int) -> Int64? {
      var value: Int64 = 0
      for index in base + start..<base + start + count {
        let digit = bytes[index] &- UInt8(ascii: "0")
        guard digit < 10 else { return nil }
        value = value * 10 + Int64(digit)
      }
      return value
    }
    for (index, mark) in zip([4, 7, 10, 13, 16, 19, 26], "--T::.Z".utf8) {
      guard bytes[base + index] == mark else { return nil }
    }
    guard let year = number(0, 4), year > 0, let month = number(5, 2), (1...12).contains(month),
      let day = number(8, 2), day >= 1, day <= Self.days(in: month, of: year),
      let hour = number(11, 2), hour < 24, let minute = number(14, 2), minute < 60,
      let second = number(17, 2), second < 60, let fraction = number(20, 6)
    else { return nil }
    let days = Self.days(untilYear: year, month: month, day: day)
    microseconds = ((days * 24 + hour) * 60 + minute) * 60_000_000 + second * 1_000_000 + fraction
  }

  private static func days(in month: Int64, of year: Int64) -> Int64 {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return switch month {
    case 2: isLeap ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days from 1970-01-01 in the proleptic Gregorian calendar, years counted from March.
  private static func days(untilYear year: Int64, month: Int64, day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted % 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  package var string: String {
    var rest = microseconds
    func take(_ unit: Int64) -> Int64 {
      let value = rest % unit
      let floor = value < 0 ? value + unit : value
      rest = (rest - floor) / unit
      return floor
    }
    let fraction = take(1_000_000)
    let (second, minute, hour) = (take(60), take(60), take(24))
    let (year, month, day) = Self.date(ofDay: rest)
    return "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))T\(pad(hour, 2)):\(pad(minute, 2))"
      + ":\(pad(second, 2)).\(pad(fraction, 6))Z"
  }

  /// The year in UTC.
  package var year: Int {
    let day: Int64 = 86_400_000_000
    let days = microseconds >= 0 ? microseconds / day : (microseconds - day + 1) / day
    return Int(Self.date(ofDay: days).year)
  }

  /// The date of a day that is counted from 1970-01-01.
  private static func date(ofDay rest: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let days = rest + 719_468
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shifted + 2) / 5 + 1
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  private func pad(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  package func adding(seconds: Int64) -> Timestamp {
    let (product, tooLong) = seconds.multipliedReportingOverflow(by: 1_000_000)
    let (sum, overflow) = microseconds.addingReportingOverflow(product)
    return Timestamp(microseconds: tooLong || overflow ? (seconds < 0 ? .min : .max) : sum)
  }
}

extension Timestamp: Comparable {
  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.microseconds < right.microseconds
  }
}
