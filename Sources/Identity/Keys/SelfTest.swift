package import WireFormat

/// Known answers that libsodium must give before it may judge foreign keys.
///
/// Builds exist in which `crypto_core_ed25519_is_valid_point` takes points outside the main
/// subgroup (CVE-2025-69277: those that differ from a good one by the point of order 2).
package enum SelfTest {
  static func holds() -> Bool {
    pointsHold(for: Ed25519.isMainSubgroupPoint) && signatureHolds()
  }

  /// Whether a judge of points is right about all the known ones; tests give it wrong ones.
  package static func pointsHold(for isPoint: (Bytes32) -> Bool) -> Bool {
    let (taken, refused) = (good.compactMap(Bytes32.init(hex:)), bad.compactMap(Bytes32.init(hex:)))
    return taken.count == good.count && refused.count == bad.count
      && taken.allSatisfy(isPoint) && !refused.contains(where: isPoint)
  }

  /// The base point, and the public keys of RFC 8032 §7.1, tests 1 and 2.
  package static let good = [
    "5866666666666666666666666666666666666666666666666666666666666666",
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
  ]

  /// What a judge with a hole might take.
  package static let bad = [
    // Small order: 1, 2, 4 and 8.
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    // Mixed order: the base point plus the points of order 2, 4 and 8.
    "9599999999999999999999999999999999999999999999999999999999999999",
    "9bad33f580df7ecc49df5342bac8145d5bedc40f573d1b067f3c4ce449689a15",
    "98519eadf35b995233b51b5cd23e9cc5a28b639b5a4af0ec903cb960d81b7819",
    // Not canonical: y = p, p + 1 and p + 3, and 1 with the sign of an x that is 0.
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0100000000000000000000000000000000000000000000000000000000000080",
    // Not on the curve: y = 2.
    "0200000000000000000000000000000000000000000000000000000000000000",
  ]

  /// RFC 8032 §7.1, test 2: makes the signature, takes it, and refuses it for another message.
  private static func signatureHolds() -> Bool {
    let seedHex = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
    let signatureHex =
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
      + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    guard let seed = Hex.bytes(seedHex.utf8), let expected = Hex.bytes(signatureHex.utf8),
      let key = try? SigningKey(publishedSeed: seed), key.publicKey.bytes.hex == good[2]
    else { return false }
    return key.sign([0x72]) == expected && key.publicKey.verifies(expected, [0x72])
      && !key.publicKey.verifies(expected, [0x73])
  }
}
