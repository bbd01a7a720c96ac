import Commands
import Foundation
import Host
import TestSupport
import WireFormat

/// Damages the shared files of a wire again and again, and lets an agent of it do its work.
///
/// After each damage some commands run, in this process; none may crash, hang, print a control
/// character or change a byte of the trust store.
package struct Fuzzing {
  package struct Broken: Error, CustomStringConvertible {
    package let description: String
  }

  /// What commands there were, and how long they took.
  package struct Figures: Sendable {
    package var mutations = 0
    /// Of each command: elapsed, and on the processors.
    package var times: [(elapsed: Int64, busy: Int64)] = []
    package var codes: [UInt8: Int] = [:]
    package var slowest = ""
    package var longest: Int64 = 0
  }

  private let seed: UInt64
  /// Told of each mutation before its commands run, so that a crash can be traced to it.
  private let progress: (Int) -> Void

  package init(seed: UInt64, progress: @escaping (Int) -> Void) {
    (self.seed, self.progress) = (seed, progress)
  }

  /// How many mutations one wire sees before the next is made.
  private static let groundLife = 250
  private static let commandsEach = 3

  /// Makes the mutations of these numbers; the same numbers make the same ones again.
  package func run(_ numbers: Range<Int>) throws -> Figures {
    var figures = Figures()
    var number = numbers.lowerBound
    while number < numbers.upperBound {
      let generation = number / Self.groundLife
      let end = min(numbers.upperBound, (generation + 1) * Self.groundLife)
      try Scratch.run { root in
        let output = "\(root)/output"
        let before = Commanding.redirect(to: output)
        defer {
          dup2(before, 1)
          dup2(before, 2)
          close(before)
        }
        let ground = try Ground(root: root, seed: seed &+ UInt64(generation))
        for number in number..<end { try mutate(number, ground, output, &figures) }
      }
      number = end
    }
    return figures
  }

  private func mutate(
    _ number: Int, _ ground: Ground, _ output: String, _ figures: inout Figures
  ) throws {
    var random = RandomSource("mutation \(seed) \(number)")
    var image = random.pick(ground.images)
    var mutation = Mutation(ground.wire, random)
    mutation.apply(to: &image)
    try image.restore(to: ground.root)
    _ = try Commanding.takeOutput(output)
    progress(number)
    figures.mutations += 1
    for _ in 0..<Self.commandsEach {
      let words = Self.words(ground, &random)
      let outcome = Commanding.run(words)
      figures.add(outcome)
      let (bytes, hasControls) = try Commanding.takeOutput(output)
      if hasControls {
        throw Broken(
          description: "\(words) printed a control character after \(mutation.words): "
            + String(decoding: bytes, as: UTF8.self).debugDescription.prefix(2000))
      }
      guard try ground.trustNow() == ground.trust else {
        throw Broken(description: "\(words) changed the trust store after \(mutation.words)")
      }
    }
  }

  private static func words(_ ground: Ground, _ random: inout RandomSource) -> [String] {
    let handle = random.pick(ground.wire.handles).name
    let ids = random.pick(
      ground.wire.handles.map { ground.wire.ids(of: $0) }.filter { !$0.isEmpty })
    let id = random.pick(ids).hex
    // These start programs or read everything several times over.
    if random.once(in: 20) {
      return random.pick([
        ["doctor"], ["repair", "adopt"], ["archive"], ["verify", "--every-signature"],
      ])
    }
    return random.pick([
      ["inbox"], ["inbox", "--json"], ["inbox", "--peek"], ["log"], ["log", "--json"], ["status"],
      ["inbox", "--peek", "--frame"], ["inbox", "--digest"], ["inbox", "--digest", "--json"],
      ["log", "--frame"], ["log", "--refused"], ["log", "--grep", "x"], ["show", id, "--frame"],
      ["thread", id, "--frame"], ["card", handle, "--a2a", "1.0"],
      ["trust", "sas", "start", handle],
      ["send", "request", "--seal", "--subject", "x", "--body", "y"], ["claims", "--json"],
      ["status", "--json"], ["verify"], ["verify", "--outsider"], ["decisions"], ["incidents"],
      ["claims"], ["members"], ["domain", "list"], ["trust", "list"], ["trust", "list", "--json"],
      ["trust", "show", handle], ["trust", "sas", "show", handle],
      ["trust", "fingerprint", handle],
      ["card", handle], ["show", id], ["show", id, "--json"], ["thread", id], ["heartbeat"],
      ["send", "request", "--subject", "x", "--body", "y"], ["ack", id], ["decline", id],
      ["claim", "src/**"], ["bootstrap", "--no-wait"], ["hook", "pre-commit"],
    ])
  }
}

extension Fuzzing.Figures {
  fileprivate mutating func add(_ outcome: Commanding.Outcome) {
    if outcome.busyNanoseconds > longest {
      (longest, slowest) = (outcome.busyNanoseconds, outcome.words.joined(separator: " "))
    }
    times.append((outcome.nanoseconds, outcome.busyNanoseconds))
    codes[UInt8(truncatingIfNeeded: outcome.code.rawValue), default: 0] += 1
  }
}
