import TestSupport
import WireFormat

/// Flips every bit of valid lines, one at a time.
package enum BitFlips {
  /// How many flips of so many lines of random wires were refused: all, or it throws.
  package static func run(lines count: Int) throws -> Int {
    var random = RandomSource("bit flips")
    var flips = 0
    var left = count
    while left > 0 {
      let wire = try WireGenerator.wire(RandomSource("flips \(random.next())"))
      for (trial, lines) in try LineTrial.each(of: wire) {
        for line in random.some(of: lines).prefix(left) {
          try trial.refuse(flipped(line), of: "a flipped bit")
          flips += 8 * line.count
          left -= 1
        }
      }
    }
    return flips
  }

  private static func flipped(_ line: [UInt8]) -> [[UInt8]] {
    line.indices.flatMap { index in
      (0..<8).map { bit in
        var altered = line
        altered[index] ^= 1 << bit
        return altered
      }
    }
  }
}
