import Host
import Protocol
package import Wire
import WireFormat

/// Checks a whole wire again from its first line.
package enum Verification {
  /// Told now and then which log is read, how many of its bytes are, and how many it has.
  package typealias Progress = @Sendable (_ log: String, _ read: Int64, _ of: Int64) -> Void

  /// What the wire proves to somebody without any identity.
  package static func outsider(
    directory: String?, everySignature: Bool, progress: @escaping Progress = { _, _, _ in }
  ) throws(KitError) -> Audit {
    let path = try WireLocation.find(explicit: directory)
    let shared = try KitError.liftingWire { () throws(WireError) in try SharedDirectory.open(path) }
    let genesis = try KitError.liftingWire { () throws(WireError) in try shared.checkedGenesis() }
    var options = WireReading.Options()
    options.checksEverySignature = everySignature
    options.progress = progress
    return try KitError.lifting { () throws(HostError) in try Audit(shared, genesis, options) }
  }
}

extension Verification {
  /// What a kept piece of evidence proves, with nothing else at hand.
  package static func evidence(
    _ bytes: [UInt8], from path: String
  ) throws(KitError) -> (Evidence, EvidenceFinding) {
    guard let evidence = Evidence(bytes) else { throw .notEvidence(path) }
    return (evidence, EvidenceFinding(evidence))
  }
}

extension Session {
  /// The same, and against what this agent has verified before.
  package func verify(
    everySignature: Bool, progress: @escaping Verification.Progress = { _, _, _ in }
  ) throws(KitError) -> Audit {
    var options = WireReading.Options()
    options.checksEverySignature = everySignature
    options.progress = progress
    options.known = try KitError.liftingWire { () throws(WireError) in try reader.known(state) }
    _ = try KitError.liftingWire { () throws(WireError) in try shared.checkedGenesis() }
    return try KitError.lifting { () throws(HostError) in try Audit(shared, genesis, options) }
  }
}
