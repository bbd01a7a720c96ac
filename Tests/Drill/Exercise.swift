import DeadDropKit
import Host
import Identity
import TestSupport
import Wire
import WireFormat

/// What this program can be told to do, by its first word.
///
/// Wire, agent and private places come from the environment, as for the command.
enum Exercise {
  /// Does what the words say; gives the exit code.
  static func run(_ words: [String]) -> Int32 {
    do {
      switch words.first {
      case "append": try append(Array(words.dropFirst()))
      case "hold": try hold(Array(words.dropFirst()))
      case "secrets": try secrets(Array(words.dropFirst()))
      case "swap": try swap(Array(words.dropFirst()))
      default: throw Misuse()
      }
      return 0
    } catch {
      try? StandardStreams.writeError(Array("Drill: \(error)\n".utf8))
      return 1
    }
  }

  struct Misuse: Error {}

  /// `append COUNT EVERY GATE`: once the gate is open, sends so many messages, with a beat after
  /// every EVERY of them; prints each id when it is stored and `beat N` for each beat.
  ///
  /// The gate is a file that the one who starts all this holds locked. What took the longest is
  /// said on standard error.
  private static func append(_ words: [String]) throws {
    guard words.count == 3, let count = Int(words[0]), let every = Int(words[1]) else {
      throw Misuse()
    }
    var agent = try Agent()
    var session = try Session.open(directory: nil, as: agent.handle)
    try pass(words[2])
    var slowest: Int64 = 0
    for number in 1...count {
      let start = MonotonicClock.now()
      let stored = try agent.send(
        "request", subject: "\(Environment.processID) \(number)", body: "of \(count)")
      try say(stored.id)
      if every > 0, number.isMultiple(of: every) {
        _ = try session.catchUp()
        try say("beat \(try session.heartbeat(Heartbeat()))")
      }
      slowest = max(slowest, MonotonicClock.now() - start)
    }
    try StandardStreams.writeError(Array("slowest \(slowest / 1_000_000) ms\n".utf8))
  }

  /// `hold FILE…`: opens the files for reading, locks them, says `held`, and keeps them until it
  /// is killed, or for two minutes.
  private static func hold(_ paths: [String]) throws {
    try hold(paths[...])
  }

  private static func hold(_ paths: ArraySlice<String>) throws {
    guard let path = paths.first else {
      try say("held")
      MonotonicClock.sleep(for: .seconds(120))
      return
    }
    let folder = try Directory.open(Path.parent(of: path), followLast: false)
    let file = try OpenFile.open(Path.name(of: path), in: folder, mode: .read)
    guard try file.tryLock() else { throw Misuse() }
    try hold(paths.dropFirst())
  }

  /// `secrets GATE GATE`: signs, seals and opens with keys that it holds, says `held ID` of what it
  /// sealed to all, lets the keys go when the first gate is open, says so, and ends at the second.
  ///
  /// Unlike the command it leaves core dumps on.
  private static func secrets(_ words: [String]) throws {
    guard words.count == 2 else { throw Misuse() }
    try useSecrets(until: words[0])
    try say("released")
    try pass(words[1])
  }

  private static func useSecrets(until gate: String) throws {
    var session = try Session.open(directory: nil, as: nil)
    _ = try session.catchUp()
    let signing = try session.signingKey()
    guard let sealing = try KeyStore(session.places).sealingKey(session.handle) else {
      throw Misuse()
    }
    var outgoing = Session.Outgoing(.request, subject: "sealed", body: .string("for all"))
    outgoing.isSealed = true
    let id = try session.send(outgoing).eventID.hex
    _ = try session.catchUp()
    guard session.opened(try session.line(id)).message?.body == .string("for all") else {
      throw Misuse()
    }
    let signature = signing.sign(Array(id.utf8))
    try say("held \(id)")
    try pass(gate)
    // Both are held until here.
    guard signing.sign(Array(id.utf8)) == signature, sealing.publicBytes != .zero else {
      throw Misuse()
    }
  }

  /// Waits until nobody holds the file locked.
  private static func pass(_ gate: String) throws {
    let folder = try Directory.open(Path.parent(of: gate), followLast: false)
    let file = try OpenFile.open(Path.name(of: gate), in: folder, mode: .read)
    _ = try file.lock(exclusive: false, upTo: .seconds(60))
    try file.unlock()
  }

  /// `swap MILLISECONDS FILE OUTSIDE KIND…`: puts odd things in the place of a file and the file
  /// back again, over and over, for so long; says how often.
  private static func swap(_ words: [String]) throws {
    let kinds = words.dropFirst(3).compactMap { OddFile(rawValue: $0) }
    guard !kinds.isEmpty, let milliseconds = Int(words[0]) else { throw Misuse() }
    let deadline = MonotonicClock.deadline(after: .milliseconds(milliseconds))
    var count = 0
    while MonotonicClock.now() < deadline {
      for kind in kinds {
        guard let odd = try kind.take(placeOf: words[1], outside: words[2]) else { continue }
        odd.putBack()
        // Now and then what belongs there is left in place for as long as one act takes.
        if count.isMultiple(of: 200) { MonotonicClock.sleep(for: .milliseconds(count % 30)) }
        count += 1
      }
    }
    try say("\(count) swaps")
  }

  private static func say(_ text: String) throws {
    try StandardStreams.writeOutput(Array((text + "\n").utf8))
  }
}

/// The two parts of a path.
private enum Path {
  static func parent(of path: String) -> String {
    String(path.reversed().drop { $0 != "/" }.dropFirst().reversed())
  }

  static func name(of path: String) -> String {
    String(path.reversed().prefix { $0 != "/" }.reversed())
  }
}
