import Identity
package import Protocol
package import WireFormat

/// A wire in memory, written line by line by agents whose keys the test holds.
///
/// A value: a copy goes on by itself, which is how two histories of one chain are made.
package struct TestWire {
  /// Where a writer's chain stands.
  package struct Writer {
    package internal(set) var key: TestKey
    package internal(set) var seq = 0
    package internal(set) var prev = Bytes32.zero
    package let log: String
  }

  package let genesisLine: [UInt8]
  package let genesis: Genesis
  package private(set) var writers: [Handle: Writer] = [:]
  /// The lines of each log file, without their LF; a test may alter them at will.
  package var logs: [Handle: [[UInt8]]] = [:]
  /// Bytes behind the last LF of a log.
  package var tails: [Handle: [UInt8]] = [:]
  /// The lines of `decisions.jsonl`.
  package var derived: [[UInt8]] = []
  package private(set) var operatorKey: TestKey
  /// Of the last line written.
  package private(set) var now = Timestamp(microseconds: 1_800_000_000_000_000)

  /// A wire whose founder is the first member; domains give name and owner.
  package init(
    _ members: [Handle] = ["ada", "bob"], domains: [Text: Handle] = [:], hasOperator: Bool = false,
    nonce: UInt8 = 1, change: (inout JSONObject) -> Void = { _ in }
  ) throws {
    operatorKey = try TestKey("operator")
    for member in members {
      let log = LogName.make(for: member, among: members)
      writers[member] = Writer(key: try TestKey("\(member)/1"), log: log)
      logs[member] = []
    }
    let founder = members[0]
    let key = try TestKey("\(founder)/1")
    var object: JSONObject = [
      "v": .integer(1), "type": .string("genesis"), "protocol": .string("3.2"),
      "timestamp": .string(now.string), "from": .string(founder.name), "pk": .string(key.pk.hex),
      "nonce": .string(Hex.string([UInt8](repeating: nonce, count: 16))),
      "members": .array(
        members.map { [writers] in
          let log = writers[$0]?.log ?? ""
          return .object(["handle": .string($0.name), "log": .string(log)])
        }),
      "domains": Domain.value(of: domains.mapValues { Domain(owner: $0, paths: ["x/**"]) }),
      "tiers": .object(["T1_active": .object(["cadence_seconds": .integer(90)])]),
      "operator": hasOperator ? .string(operatorKey.pk.hex) : nil,
    ]
    change(&object)
    genesisLine = LineSignature.sign(object, as: founder, with: key.signing)
    genesis = try Genesis(genesisLine)
  }

  package var handles: [Handle] { writers.keys.sorted() }

  /// Lets somebody write who is no member of the genesis.
  package mutating func admit(_ handle: Handle, key: TestKey? = nil) throws {
    let log = "\(handle)_to_all.jsonl"
    writers[handle] = Writer(key: try key ?? TestKey("\(handle)/1"), log: log)
    logs[handle] = []
  }

  /// Writes the next line of a chain and gives its id; the change comes before the signature.
  @discardableResult
  package mutating func write(
    _ draft: Draft, by handle: Handle, at time: Timestamp? = nil,
    change: (inout JSONObject) -> Void = { _ in }
  ) throws -> Bytes32 {
    guard var writer = writers[handle] else { throw TestWireError.noWriter(handle) }
    now = now.adding(seconds: 1)
    var object = draft.object(
      from: handle, pk: writer.key.pk, wire: genesis.id,
      place: .chain(seq: writer.seq + 1, prev: writer.prev), at: time ?? now)
    change(&object)
    let line = LineSignature.sign(object, as: handle, with: writer.key.signing)
    let id = EventID.of(object)
    (writer.seq, writer.prev) = (writer.seq + 1, id)
    writers[handle] = writer
    logs[handle, default: []].append(line)
    return id
  }

  /// Takes another key for what a writer signs from now on, with or without a word in the chain.
  package mutating func switchKey(of handle: Handle, to key: TestKey) {
    writers[handle]?.key = key
  }

  /// Puts a writer's next line at another place of its chain than the one it has come to.
  package mutating func setPlace(of handle: Handle, seq: Int, prev: Bytes32) {
    writers[handle]?.seq = seq
    writers[handle]?.prev = prev
  }

  /// Lets time pass for everybody.
  package mutating func pass(seconds: Int64) { now = now.adding(seconds: seconds) }
}

package enum TestWireError: Error {
  case noWriter(Handle)
  case noVectors
}
