#if FAULTS
  import CSodium
  import Host
  import Identity

  /// Makes libsodium's random bytes come from the simulated machine, where there is one.
  enum SimulatedChance {
    static let isInstalled: Bool = {
      // SAFETY: the memory is never given back, and libsodium has not drawn anything yet.
      unsafe implementation.initialize(
        to: randombytes_implementation(
          implementation_name: nil, random: { SimulatedChance.number() }, stir: nil, uniform: nil,
          buf: { buffer, count in unsafe SimulatedChance.fill(buffer, count) }, close: nil))
      guard unsafe randombytes_set_implementation(implementation) == 0 else { return false }
      // What its start draws must not come from the first simulation: that would run as no other.
      return (try? Sodium.start()) != nil
    }()

    nonisolated(unsafe) private static let implementation =
      UnsafeMutablePointer<randombytes_implementation>.allocate(capacity: 1)

    private static func number() -> UInt32 {
      var bytes: [UInt8] = [0, 0, 0, 0]
      // SAFETY: four bytes are lent for the length of the call.
      unsafe fill(&bytes, bytes.count)
      return bytes.reduce(0) { $0 << 8 | UInt32($1) }
    }

    private static func fill(_ buffer: UnsafeMutableRawPointer?, _ count: Int) {
      let bytes = unsafe UnsafeMutableRawBufferPointer(start: buffer, count: count)
      if let machine = Faults.machine { return unsafe machine.fill(bytes) }
      var system = SystemRandomNumberGenerator()
      for index in bytes.indices { unsafe bytes[index] = UInt8(truncatingIfNeeded: system.next()) }
    }
  }
#endif
