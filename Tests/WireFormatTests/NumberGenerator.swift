import Foundation

/// Spells random numbers, most of them legal.
struct NumberGenerator {
  /// How many doubles were drawn by their bits so far.
  private(set) var doublesByBits = 0

  mutating func number(_ random: inout RandomSource) -> String {
    switch random.below(8) {
    case 0: return String(random.int(-20...20))
    case 1: return edgeInteger(&random)
    case 2: return sign(&random) + digits(random.int(1...45), &random)
    case 3, 4: return byGrammar(&random)
    case 5: return tie(&random)
    default: return byBits(&random)
    }
  }

  /// A finite double drawn by its bits, in one of its many spellings.
  mutating func byBits(_ random: inout RandomSource) -> String {
    let value = finite(&random)
    doublesByBits += 1
    switch random.below(9) {
    case 0, 1: return value.description
    case 2: return String(format: "%.16e", value)
    case 3: return String(format: "%.17g", value)
    case 4: return String(format: "%.\(random.int(17...40))E", value)
    case 5: return String(format: "%.0f", value) + random.pick(["", ".0", "e0", "E+00", "e-0"])
    case 6: return value.description.replacingOccurrences(of: "e", with: "0000E")
    case 7: return moved(value, by: random.int(-30...30))
    default: return String(format: "%.\(random.int(1...30))f", value)
    }
  }

  private func finite(_ random: inout RandomSource) -> Double {
    while true {
      var bits = random.next()
      // A third of them where the spelling changes its form: 2^-20 … 2^63.
      if random.once(in: 3) {
        bits = bits & 0x800f_ffff_ffff_ffff | UInt64(random.int(1003...1086)) << 52
      }
      // And some that are subnormal.
      if random.once(in: 20) { bits &= 0x800f_ffff_ffff_ffff }
      let value = Double(bitPattern: bits)
      if value.isFinite { return value }
    }
  }

  /// The shortest digits with their point elsewhere and an exponent that makes up for it.
  private func moved(_ value: Double, by places: Int) -> String {
    let text = String(format: "%.16e", value)
    let parts = text.split(separator: "e")
    guard parts.count == 2, let exponent = Int(parts[1]) else { return text }
    let minus = parts[0].hasPrefix("-") ? "-" : ""
    let digits = parts[0].filter { $0.isNumber }
    if places <= 0 {
      let zeros = String(repeating: "0", count: -places)
      return "\(minus)0.\(zeros)\(digits)e\(exponent - places + 1)"
    }
    let padded = digits + String(repeating: "0", count: max(0, places - digits.count))
    let whole = padded.prefix(places)
    let fraction = padded.dropFirst(places)
    let point = whole.hasPrefix("0") && whole.count > 1 ? "0.\(whole)" : "\(whole)."
    return "\(minus)\(point)\(fraction)0e\(exponent - places + 1)"
  }

  private func edgeInteger(_ random: inout RandomSource) -> String {
    random.pick([
      "-0", "0", "9007199254740991", "9007199254740992", "-9007199254740993",
      "9223372036854775807", "9223372036854775808", "-9223372036854775808",
      "-9223372036854775809", "18446744073709551615", "18446744073709551616",
    ])
  }

  /// A decimal exactly between two doubles, or the least bit off.
  private func tie(_ random: inout RandomSource) -> String {
    let whole = (UInt64(1) << 53) + (random.next() >> 11) | 1
    let shift = UInt64(random.int(0...9))
    let tail = random.pick([".0", ".00000000000000000000000000001", "e0", ".5", "E+0"])
    return sign(&random) + String(whole << shift) + tail
  }

  /// A number as the grammar allows it, of any size.
  private func byGrammar(_ random: inout RandomSource) -> String {
    var text = sign(&random) + (random.once(in: 3) ? "0" : digits(random.int(1...20), &random))
    if !random.once(in: 3) {
      text += "."
      for _ in 0..<random.int(1...22) { text += String(random.once(in: 2) ? 0 : random.below(10)) }
    }
    if !random.once(in: 3) {
      text += random.pick(["e", "E"]) + random.pick(["", "+", "-"])
      text += random.pick(["", "", "", "0", "000000"])
      text += random.pick([
        String(random.below(30)), String(random.below(400)), String(random.int(290...330)),
        "99999999999999999999999",
      ])
    }
    return text
  }

  /// What looks like a number and is none.
  func broken(_ random: inout RandomSource) -> String {
    random.pick([
      "01", "-01", "00", "1.", ".5", "-", "+1", "1e", "1e+", "1.e5", "-.5", "0x1F", "1_000", "NaN",
      "Infinity", "-Infinity", "1e400", "-1e309", "1.7976931348623159e308", "1,5", "--1", "1e5.5",
      "\u{661}", "\u{ff11}", "2.2250738585072011e-308e", "1.8e308", "0e+", "-NaN", "nan", "inf",
    ])
  }

  /// Digits without a leading zero.
  private func digits(_ count: Int, _ random: inout RandomSource) -> String {
    var text = String(random.int(1...9))
    for _ in 1..<max(1, count) { text += String(random.below(10)) }
    return text
  }

  private func sign(_ random: inout RandomSource) -> String { random.once(in: 2) ? "-" : "" }
}
