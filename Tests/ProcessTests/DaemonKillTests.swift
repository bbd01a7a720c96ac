import Dispatch
import Foundation
import Host
import Synchronization
import TestSupport
import Testing

extension RealProcesses {
  @Suite("Daemons killed at any moment")
  struct DaemonKillTests {
    private static let killCount = size(20, long: 200)

    @Test(
      "while two agents agree: no decision is lost or made twice, and no storm of beats follows")
    func kills() async throws {
      try await Stand.run(["forge", "scribe"]) { stand in
        let tale = Ledger()
        let handles = ["forge", "scribe"]
        Self.together(4) { index in
          do {
            if index < 2 {
              try kill(stand, handles[index], tale)
            } else {
              try agree(stand, handles[index - 2], handles[3 - index], tale)
            }
          } catch {
            tale.withLock { $0.failures.append("\(error)") }
          }
        }
        let told = tale.withLock { $0 }
        #expect(told.failures.isEmpty, "\(told.failures.prefix(3).joined(separator: "\n"))")
        #expect(told.killCount >= Self.killCount)
        try stand.withDaemons(handles) { daemons in
          try stand.waitUntil("all decisions") { try stand.decisions().count >= told.acked.count }
          for daemon in daemons { #expect(try daemon.stop().code == 0) }
        }
        let decisions = try stand.decisions()
        #expect(Set(decisions).count == decisions.count)
        #expect(decisions.count == told.acked.count)
        for id in told.acked {
          #expect(decisions.contains { $0.contains("\"decision_id\":\"\(id)\"") })
        }
        let logs = try handles.map { handle in
          try stand.lines(stand.log(of: handle)).map { String(decoding: $0, as: UTF8.self) }
        }
        let lineCount = logs.reduce(0) { $0 + $1.count }
        for (handle, lines) in zip(handles, logs) {
          let made = lines.filter { $0.contains("\"type\":\"decision\"") }
          #expect(made.count == told.acked.count { told.proposer[$0] == handle })
          for words in [["verify"], ["verify", "--every-signature"]] {
            let outcome = try stand.run(words, as: handle)
            #expect(outcome.code == 0, "\(outcome.summary)")
          }
        }
        for handle in handles {
          let most = lineCount + 2 * (told.killCount + 1) + told.commandCount
          let count = try stand.beats(of: handle)
          #expect(count <= most, "\(count) beats of \(handle) for \(lineCount) lines")
        }
        print("\(told.killCount) kills of daemons, \(told.acked.count) decisions")
      }
    }

    /// On a thread each: they wait for each other, however few processors there are.
    private static func together(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
      let group = DispatchGroup()
      for index in 0..<count {
        group.enter()
        Thread.detachNewThread {
          body(index)
          group.leave()
        }
      }
      group.wait()
    }

    private final class Ledger: Sendable {
      private let tale = Mutex(Tale())

      func withLock<Value: Sendable>(_ body: (inout Tale) -> sending Value) -> Value {
        tale.withLock { body(&$0) }
      }
    }

    private struct Tale {
      var acked: [String] = []
      var proposer: [String: String] = [:]
      var commandCount = 0
      var killCount = 0
      var doneCount = 0
      var failures: [String] = []
    }

    private func kill(_ stand: Stand, _ handle: String, _ tale: Ledger) throws {
      defer { tale.withLock { $0.doneCount += 1 } }
      var random = RandomSource("kills of the daemon of \(handle)")
      var count = 0
      while count < Self.killCount / 2 || tale.withLock({ $0.acked.count < Self.killCount / 2 }) {
        guard tale.withLock({ $0.failures.isEmpty }) else { return }
        count += 1
        let daemon = try stand.startDaemon(handle)
        // What is killed at once has not begun; what lives longest has settled.
        MonotonicClock.sleep(for: .milliseconds(random.below(800)))
        daemon.child.signal(9)
        let outcome = try daemon.finish(upTo: .seconds(30))
        guard outcome.ending == .killed(9) else {
          throw Stand.Failed(description: outcome.summary)
        }
        if outcome.errors.contains("trouble") { throw Stand.Failed(description: outcome.summary) }
        tale.withLock { $0.killCount += 1 }
      }
    }

    private func agree(
      _ stand: Stand, _ proposer: String, _ owner: String, _ tale: Ledger
    ) throws {
      var number = 0
      while tale.withLock({ $0.doneCount < 2 && $0.failures.isEmpty }) {
        number += 1
        let id = try stand.mustPropose("number \(number)", as: proposer)
        tale.withLock { $0.proposer[id] = proposer }
        try stand.mustRun(["inbox"], as: owner)
        try stand.mustRun(["ack", id], as: owner)
        try stand.mustSend("and", as: owner)
        tale.withLock { ($0.acked, $0.commandCount) = ($0.acked + [id], $0.commandCount + 4) }
      }
    }
  }
}
