import Attacks
import Foundation
import TestSupport

/// The command line of the attacker: the scripted attacks, altered lines, damaged files.
enum Attacker {
  static let usage = """
    usage: deaddrop-attack attacks [WORDS]          the attacks whose names have these words
           deaddrop-attack lines [LINES MESSAGES]   every bit and every field of so many
           deaddrop-attack fuzz [COUNT [SEED]]      so many damages to shared files
           deaddrop-attack mutation SEED NUMBER     one of them again
    """

  static func run(_ words: [String]) -> Int32 {
    let numbers = words.dropFirst().compactMap { UInt64($0) }
    do {
      switch (words.first, words.count - 1) {
      case ("attacks", 0...1): return try attack(words.count == 2 ? words[1] : "") ? 0 : 1
      case ("lines", 0): return try alter(lines: 200, messages: 1000)
      case ("lines", 2) where numbers.count == 2:
        return try alter(lines: Int(numbers[0]), messages: Int(numbers[1]))
      case ("fuzz", 0...2) where numbers.count == words.count - 1:
        return try FuzzJobs.run(
          count: Int(numbers.first ?? 5000), seed: numbers.dropFirst().first ?? RunSeed.value)
      case ("mutation", 2) where numbers.count == 2:
        return try FuzzJobs.again(seed: numbers[0], number: Int(numbers[1]))
      case ("worker", 4) where numbers.count == 3:
        return try FuzzJobs.work(
          seed: numbers[0], Int(numbers[1])..<Int(numbers[2]), report: words[4])
      default:
        print(usage)
        return 2
      }
    } catch {
      print("BROKE  \(error)")
      return 1
    }
  }

  /// Carries the attacks out, a line each.
  private static func attack(_ words: String) throws -> Bool {
    let binary = try Products.path("deaddrop")
    let attacks = Attack.all.filter { words.isEmpty || $0.name.contains(words) }
    var held = 0
    for attack in attacks {
      do {
        try attack.run(with: binary)
        held += 1
        say("held   \(attack.name): \(attack.ending)")
      } catch {
        say("BROKE  \(attack.name): \(error)")
      }
    }
    say("\(attacks.count) attacks, \(held) held")
    return held == attacks.count && held > 0
  }

  private static func alter(lines: Int, messages: Int) throws -> Int32 {
    let flips = try BitFlips.run(lines: lines)
    say("held   every bit of \(lines) valid lines flipped: \(flips) of \(flips) refused")
    let changes = try FieldChanges.run(messages: messages)
    say(
      "held   every field of \(messages) valid messages changed: \(changes) of \(changes) refused")
    return 0
  }

  /// At once, also where the output is no terminal: the next one may take a while.
  private static func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
  }
}
