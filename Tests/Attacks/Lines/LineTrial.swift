import Identity
import TestSupport
import Wire
import WireFormat

/// Puts altered lines behind the good ones of a log and asks the reader which of them it refuses.
struct LineTrial {
  private var wire: TestWire
  /// Its lines are all good, and their number.
  private let handle: Handle
  private let log: String
  private let honest: [[UInt8]]

  struct NotRefused: Error, CustomStringConvertible {
    let description: String
  }

  /// Gives each writer of the wire whose chain is sound, with the lines that the reader takes.
  static func each(of wire: TestWire) throws -> [(trial: LineTrial, lines: [[UInt8]])] {
    let audit = try wire.audit(everySignature: true)
    return wire.handles.compactMap { handle in
      guard let lines = wire.logs[handle], !lines.isEmpty, audit.faults(of: handle).isEmpty,
        let chain = audit.reading.chains[handle], chain.verdict == .sound,
        chain.head.seq == lines.count, let log = wire.writers[handle]?.log
      else { return nil }
      return (LineTrial(wire: wire, handle: handle, log: log, honest: lines), lines)
    }
  }

  /// Throws unless each of the altered lines is refused, for a reason that is not its place.
  func refuse(_ altered: [[UInt8]], of what: String) throws {
    var wire = wire
    wire.logs[handle] = honest + altered
    let audit = try wire.audit(everySignature: true)
    var reasons: [Int: LineFault] = [:]
    for bad in audit.bad where bad.file == log { reasons[bad.line] = bad.reason }
    var number = honest.count
    for line in altered {
      // A change can make an LF: then there are two lines, of which neither is one.
      for _ in line.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
        number += 1
        guard let reason = reasons[number], Self.refusals.contains(reason) else {
          let word = reasons[number]?.rawValue ?? "nothing"
          throw NotRefused(
            description: "\(what): \(word): \(String(decoding: line.prefix(2000), as: UTF8.self))")
        }
      }
    }
    guard audit.reading.chains[handle]?.head.seq == honest.count else {
      throw NotRefused(description: "\(what): the chain is another")
    }
  }

  /// What a line is refused for before it has a place.
  private static let refusals: Set<LineFault> = [
    .malformed, .notCanonical, .wrongWire, .unknownKey, .eventIDMismatch, .badSignature,
  ]
}
