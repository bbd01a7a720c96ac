import Identity
import Testing
import WireFormat

@Suite("Ed25519 keys and signatures")
struct Ed25519Tests {
  /// RFC 8032 §7.1, tests 1, 2, 3 and SHA(abc): seed, public key, message, signature.
  static let published = [
    (
      "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e"
        + "39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    ),
    (
      "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f"
        + "3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    ),
    (
      "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
      "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67"
        + "f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    ),
    (
      "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
      "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba"
        + "3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
      "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfb"
        + "c7c66431e0303dca179c138ac17ad9bef1177331a704"
    ),
  ]

  @Test("seeds of RFC 8032 give its keys and signatures", arguments: published)
  func signs(seed: String, pk: String, message: String, signature: String) throws {
    let key = try Samples.key(seed: bytes(ofHex: seed))
    let message = try bytes(ofHex: message)
    #expect(key.publicKey.bytes.hex == pk)
    #expect(Hex.string(key.sign(message)) == signature)
    let foreign = try PublicKey(checking: bytes32(pk))
    let bytes = try bytes(ofHex: signature)
    #expect(foreign.verifies(bytes, message))
    #expect(!foreign.verifies(bytes, message + [0]))
  }

  @Test("a signature of another length than 64 bytes is refused", arguments: [0, 1, 63, 65, 128])
  func length(count: Int) throws {
    let key = try Samples.key(1)
    let signature = key.sign([1]) + key.sign([1])
    #expect(!key.publicKey.verifies(Array(signature.prefix(count)), [1]))
  }

  @Test("Wycheproof: 151 of 151 verdicts")
  func wycheproof() throws {
    guard let suite = try Vectors.thirdParty("wycheproof/ed25519_test.json") else { return }
    var count = 0
    for group in try suite.list("testGroups") {
      let key = try? PublicKey(checking: group.member("publicKey").bytes32("pk"))
      for test in try group.list("tests") {
        let holds = key?.verifies(try test.hex("sig"), try test.hex("msg")) ?? false
        let (id, isValid) = (try test.member("tcId"), try test.string("result") == "valid")
        #expect(holds == isValid, "\(id)")
        count += 1
      }
    }
    #expect(count == 151)
  }

  @Test("CCTV: of 914 hard cases exactly one is accepted under our rules for keys")
  func cctv() throws {
    guard let cases = try Vectors.thirdParty("cctv/ed25519vectors.json")?.elements else { return }
    var accepted = 0
    for test in cases {
      let (pk, signature) = (try test.bytes32("key"), try test.hex("sig"))
      let message = Array(try test.string("msg").utf8)
      if let key = try? PublicKey(checking: pk), key.verifies(signature, message) { accepted += 1 }
    }
    #expect(cases.count == 914)
    #expect(accepted == 1)
  }

  static let refused = [
    ("order 1", "0100000000000000000000000000000000000000000000000000000000000000"),
    ("order 2", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    ("order 4", "0000000000000000000000000000000000000000000000000000000000000000"),
    ("order 4", "0000000000000000000000000000000000000000000000000000000000000080"),
    ("order 8", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    ("order 8", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    ("base point and order 2", "9599999999999999999999999999999999999999999999999999999999999999"),
    ("base point and order 4", "9bad33f580df7ecc49df5342bac8145d5bedc40f573d1b067f3c4ce449689a15"),
    ("base point and order 8", "98519eadf35b995233b51b5cd23e9cc5a28b639b5a4af0ec903cb960d81b7819"),
    ("y is p", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    ("y is 2^255 - 1", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    ("minus zero", "0100000000000000000000000000000000000000000000000000000000000080"),
    ("not on the curve", "0200000000000000000000000000000000000000000000000000000000000000"),
  ]

  @Test("a key that is no point of the main subgroup is refused", arguments: refused)
  func refuses(name: String, hex: String) throws {
    let bytes = try bytes32(hex)
    #expect(throws: IdentityError.badPublicKey(bytes)) { try PublicKey(checking: bytes) }
  }

  @Test("the self-test passes a right judge of points, and no judge that errs on one")
  func selfTest() {
    let (good, bad) = (SelfTest.good, SelfTest.bad)
    #expect(SelfTest.pointsHold { (try? PublicKey(checking: $0)) != nil })
    #expect(SelfTest.pointsHold { good.contains($0.hex) })
    for hole in bad {
      #expect(!SelfTest.pointsHold { good.contains($0.hex) || $0.hex == hole })
    }
    for lost in good {
      #expect(!SelfTest.pointsHold { good.contains($0.hex) && $0.hex != lost })
    }
  }

  @Test("generated keys differ, may be taken, and come back from their seeds")
  func generates() throws {
    let one = try SigningKey.generate()
    let other = try SigningKey.generate()
    #expect(one.publicKey != other.publicKey)
    #expect(try PublicKey(checking: one.publicKey.bytes) == one.publicKey)
    // SAFETY: the bytes are copied inside the closure.
    let seed = unsafe one.withSeed { unsafe Array($0) }
    #expect(seed.count == 32)
    #expect(try Samples.key(seed: seed).publicKey == one.publicKey)
  }

  @Test("a seed of another length than 32 bytes is refused", arguments: [0, 31, 33, 64])
  func seedLength(count: Int) throws {
    #expect(throws: IdentityError.wrongSecretLength(byteCount: count, expected: 32)) {
      _ = try Samples.key(seed: [UInt8](repeating: 7, count: count)).publicKey
    }
  }
}
