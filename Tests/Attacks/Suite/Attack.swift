/// One attack on a real wire, carried out against the real command, and how it ends.
package struct Attack: Sendable, CustomStringConvertible {
  package let name: String
  /// What comes of it instead of what the attacker wants.
  package let ending: String
  private let stage: Lab.Stage
  private let carryOut: @Sendable (Lab) throws -> Void

  package var description: String { name }

  /// It got through, or ended in another way than it is said to.
  package struct Success: Error, CustomStringConvertible {
    package let description: String
  }

  init(
    _ name: String, ending: String, on stage: Lab.Stage = .friends,
    _ carryOut: @escaping @Sendable (Lab) throws -> Void
  ) {
    (self.name, self.ending) = (name, ending)
    (self.stage, self.carryOut) = (stage, carryOut)
  }

  /// Throws `Success` where it got through; whatever else it does, forge's trust store must be
  /// afterwards what it was before, byte for byte.
  package func run(with binary: String) throws {
    try Lab.run(stage, binary: binary) { lab in
      let trust = try lab.trustStore()
      try carryOut(lab)
      guard try lab.trustStore() == trust else {
        throw Success(description: "the trust store is another")
      }
    }
  }

  /// All of them, in the order of the threat model.
  package static let all =
    trust + contact + comparing + keys + sealing + lines + chains + files + texts + floods
}
