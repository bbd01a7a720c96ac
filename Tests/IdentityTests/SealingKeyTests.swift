import Identity
import Testing
import WireFormat

@Suite("X25519 keys")
struct SealingKeyTests {
  @Test("the vectors' secrets give their public keys", arguments: ["forge", "scribe"])
  func derives(name: String) throws {
    let agent = try Vectors.load("ceremonies.json").member("agents").member(name)
    let key = try SealingKey(secret: Samples.secret(try agent.hex("seal_sk_hex")))
    #expect(key.publicBytes == (try agent.bytes32("seal_pk")))
  }

  @Test("RFC 7748 §6.1: Alice's secret gives her public key")
  func published() throws {
    let secret = "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"
    let pk = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"
    #expect(try SealingKey(secret: Samples.secret(bytes(ofHex: secret))).publicBytes.hex == pk)
  }

  @Test("generated keys differ, and come back from their secrets")
  func generates() throws {
    let one = try SealingKey.generate()
    let other = try SealingKey.generate()
    #expect(one.publicBytes != other.publicBytes)
    // SAFETY: the bytes are copied inside the closure.
    let secret = unsafe one.withSecret { unsafe Array($0) }
    #expect(try SealingKey(secret: Samples.secret(secret)).publicBytes == one.publicBytes)
  }

  @Test("a secret of another length than 32 bytes is refused", arguments: [0, 31, 33])
  func length(count: Int) throws {
    #expect(throws: IdentityError.wrongSecretLength(byteCount: count, expected: 32)) {
      _ = try SealingKey(secret: Samples.secret([UInt8](repeating: 7, count: count))).publicBytes
    }
  }
}
