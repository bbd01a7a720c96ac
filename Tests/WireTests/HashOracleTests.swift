import CSodium
import Identity
import TestSupport
import Testing
import WireFormat

@Suite("SHA-256 by the processor")
struct HashOracleTests {
  @Test("random bytes in random pieces hash as libsodium says, whichever way the machine hashes")
  func oracle() {
    var random = RandomSource("sha-256")
    for _ in 0..<3_000 {
      let bytes = (0..<random.below(400)).map { _ in
        UInt8.random(in: .min ... .max, using: &random)
      }
      var hasher = SHA256Hasher()
      var start = 0
      while start < bytes.count {
        let end = min(bytes.count, start + 1 + random.below(150))
        hasher.update(bytes.span, in: start..<end)
        start = end
      }
      var expected = [UInt8](repeating: 0, count: 32)
      // SAFETY: the call writes 32 bytes, reads `count`, and keeps no pointer.
      _ = unsafe crypto_hash_sha256(&expected, bytes, UInt64(bytes.count))
      #expect(hasher.finish().bytes == expected, "\(bytes.count) bytes")
    }
  }
}
