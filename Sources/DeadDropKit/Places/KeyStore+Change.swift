import Host
import Identity
package import WireFormat

/// Keys that follow others, each in a file named by itself until it takes the place of the old one.
extension KeyStore {
  /// Makes a pair of keys for an agent, stored beside the ones that it has; their public halves.
  func makeNext(_ handle: Handle) throws(KitError) -> (pk: Bytes32, sealKey: Bytes32) {
    let key = try KitError.liftingIdentity { () throws(IdentityError) in
      try SigningKey.generate()
    }
    let sealing = try KitError.liftingIdentity { () throws(IdentityError) in
      try SealingKey.generate()
    }
    let (pk, sealKey) = (key.publicKey.bytes, sealing.publicBytes)
    do {
      try store(key, Self.name(handle, pk, "key"))
      try store(sealing, Self.name(handle, sealKey, "seal"))
    } catch { throw .host(error) }
    return (pk, sealKey)
  }

  /// Puts a new key in the place of the old one, which is erased by that.
  ///
  /// One rename: at any moment the new one is there. Made again it changes nothing.
  func replace(_ handle: Handle, old: Bytes32?, with new: Bytes32) throws(KitError) {
    let usual = "\(handle).key"
    let name = Self.name(handle, new, "key")
    let held = try usualKey(handle)
    do {
      let directory = try Directory.open(path, followLast: true)
      if held == nil || held == old, try directory.status(of: name) != nil {
        try directory.rename(name, to: usual)
      } else if let old, held != old {
        try Self.unlinkIfThere(Self.name(handle, old, "key"), directory)
      }
      try directory.synchronize()
    } catch { throw .host(error) }
  }

  /// Puts a new sealing key in the place of the old one, which is kept under a name of its own: what
  /// was sealed to it must still open.
  func replaceSealing(_ handle: Handle, with new: Bytes32) throws(KitError) {
    let usual = "\(handle).seal"
    let name = Self.name(handle, new, "seal")
    do {
      let directory = try Directory.open(path, followLast: true)
      guard try directory.status(of: name) != nil else { return }
    } catch { throw .host(error) }
    if let secret = try Self.load(usual, in: path) {
      let old = try Self.sealingKey(of: secret)
      guard old.publicBytes != new else { return }
      do { try store(old, Self.name(handle, old.publicBytes, "seal")) } catch {
        if !error.isExists { throw .host(error) }
      }
    }
    do {
      let directory = try Directory.open(path, followLast: true)
      try directory.rename(name, to: usual)
      try directory.synchronize()
    } catch { throw .host(error) }
  }

  /// The file that the key with this public half lies in, or would.
  package func file(of pk: Bytes32, _ handle: Handle) throws(KitError) -> String {
    try usualKey(handle) == pk
      ? signingPath(handle) : "\(path)/\(Self.name(handle, pk, "key"))"
  }

  /// The public half of the key with which the agent would begin on another wire.
  private func usualKey(_ handle: Handle) throws(KitError) -> Bytes32? {
    guard let seed = try Self.load("\(handle).key", in: path) else { return nil }
    return try Self.signingKey(of: seed).publicKey.bytes
  }

  private static func unlinkIfThere(
    _ name: String, _ directory: borrowing Directory
  ) throws(HostError) {
    do { try directory.unlink(name) } catch {
      if !error.isNotFound { throw error }
    }
  }
}
