package import Protocol
package import Wire
package import WireFormat

/// A line that holds its place and changes nothing.
package struct IneffectiveLine: Sendable {
  package enum Reason: Sendable, Equatable {
    /// Its content is refused by every reader.
    case fault(LineFault)
    case noEffect(NoEffect)
    /// Lines before it are missing.
    case afterGap
  }

  package let line: ShownLine
  package let reason: Reason
}

extension Session {
  /// The lines that this agent may see and that have no effect, chains by handle.
  package mutating func ineffective(_ filter: Filter) throws(KitError) -> [IneffectiveLine] {
    let now = try wireState()
    let history = now.history
    let outcomes: [Bytes32: Outcome]
    do { outcomes = try reader.outcomes(state) } catch { throw .wire(error) }
    let all = try lines { _ in true }
    let held = Set(all.map(\.eventID))
    var found: [IneffectiveLine] = []
    for line in all where isTrusted(line) {
      guard let message = line.message else {
        let isWanted = filter.from.map { $0 == line.handle } ?? true
        if isWanted, let fault = line.fault {
          found.append(IneffectiveLine(line: line, reason: .fault(fault)))
        }
        continue
      }
      guard matches(line, filter) else { continue }
      let carries = message.type.known.map { WireState.foldedTypes.contains($0) } ?? false
      let outcome = outcomes[line.eventID] ?? (carries ? .folded : .ignored)
      if line.isAfterGap {
        found.append(IneffectiveLine(line: line, reason: .afterGap))
      } else if let reason = now.noEffect(of: message, outcome, under: history) {
        guard let known = Self.known(reason, of: message, held) else { continue }
        found.append(IneffectiveLine(line: line, reason: .noEffect(known)))
      } else if message.type.known == .keyAdd, !changesKey(line) {
        found.append(IneffectiveLine(line: line, reason: .noEffect(.refused(.keyAddUnproven))))
      }
    }
    return found
  }

  /// What is cited and not among the facts may be a line that carries no state.
  ///
  /// Then an answer is one to an ordinary message, and any other line cites what it cannot.
  private static func known(
    _ reason: NoEffect, of message: Message, _ held: Set<Bytes32>
  ) -> NoEffect? {
    guard case .pending(let ids) = reason else { return reason }
    let unheld = ids.filter { !held.contains($0) }
    guard unheld.isEmpty else { return .pending(unheld) }
    switch message.type.known {
    case .ack, .decline: return message.re.map { ids == [$0] } ?? false ? nil : reason
    case .decision: return .refused(.acksForeign)
    default: return reason
    }
  }

  private func changesKey(_ line: ShownLine) -> Bool {
    reader.store.records[line.handle]?.spans.contains { $0.fromSeq == line.seq + 1 } ?? false
  }
}

extension ShownLine {
  /// Why there is no message to show; nil where there is one.
  fileprivate var fault: LineFault? {
    do {
      let envelope = try Envelope.read(bytes.span)
      _ = try Message(bytes.span, envelope)
      return nil
    } catch {
      return error
    }
  }
}
