import Host
package import Identity
package import WireFormat

/// The private keys of this account, a file each, 0600 in a 0700 directory.
package struct KeyStore: Sendable {
  package let path: String

  package init(_ places: PrivatePlaces) { path = places.keys }

  package func signingPath(_ handle: Handle) -> String { "\(path)/\(handle).key" }
  package func sealingPath(_ handle: Handle) -> String { "\(path)/\(handle).seal" }

  /// The signing key; throws `noKey` when there is none, and refuses a file that others can reach.
  ///
  /// Of several, the one with this public key, if it is here; else the one of every new wire.
  package func signingKey(
    _ handle: Handle, _ pk: Bytes32? = nil
  ) throws(KitError) -> SigningKey {
    let usual = try Self.load("\(handle).key", in: path)
    if let usual {
      let key = try Self.signingKey(of: usual)
      if pk == nil || key.publicKey.bytes == pk { return key }
    }
    if let pk, let seed = try Self.load(Self.name(handle, pk, "key"), in: path) {
      let key = try Self.signingKey(of: seed)
      if key.publicKey.bytes == pk { return key }
    }
    guard let seed = try Self.load("\(handle).key", in: path) else {
      throw .noKey(handle, path: signingPath(handle))
    }
    return try Self.signingKey(of: seed)
  }

  /// The public key, if this account has the agent's key already; which, as for `signingKey`.
  package func publicKey(_ handle: Handle, _ pk: Bytes32? = nil) throws(KitError) -> Bytes32? {
    do { return try signingKey(handle, pk).publicKey.bytes } catch {
      if case .noKey = error { return nil }
      throw error
    }
  }

  /// The name of a file whose key is not the one of every new wire.
  static func name(_ handle: Handle, _ pk: Bytes32, _ suffix: String) -> String {
    "\(handle).\(pk.hex.prefix(16)).\(suffix)"
  }

  /// The signing key, made and stored when absent.
  package func ensureSigningKey(_ handle: Handle) throws(KitError) -> SigningKey {
    if let seed = try Self.load("\(handle).key", in: path) { return try Self.signingKey(of: seed) }
    let key = try KitError.liftingIdentity { () throws(IdentityError) in
      try SigningKey.generate()
    }
    do {
      try store(key, "\(handle).key")
    } catch {
      throw .host(error)
    }
    return key
  }

  /// The public half of the key to seal to, made and stored when absent.
  package func ensureSealingKey(_ handle: Handle) throws(KitError) -> Bytes32 {
    if let secret = try Self.load("\(handle).seal", in: path) {
      return try Self.sealingKey(of: secret).publicBytes
    }
    let key = try KitError.liftingIdentity { () throws(IdentityError) in
      try SealingKey.generate()
    }
    do { try store(key, "\(handle).seal") } catch { throw .host(error) }
    return key.publicBytes
  }

  /// The key to open with what was sealed to this public half; nil where it is not here.
  package func sealingKey(
    _ handle: Handle, for publicBytes: Bytes32
  ) throws(KitError) -> SealingKey? {
    for name in [Self.name(handle, publicBytes, "seal"), "\(handle).seal"] {
      guard let secret = try Self.load(name, in: path) else { continue }
      let key = try Self.sealingKey(of: secret)
      if key.publicBytes == publicBytes { return key }
    }
    return nil
  }

  func store(_ key: borrowing SealingKey, _ name: String) throws(HostError) {
    let directory = try Directory.createPath(path)
    // SAFETY: the pointer is lent for the length of the closure and written to a 0600 file.
    try unsafe key.withSecret { secret throws(HostError) in
      try unsafe SecretFile.create(name, in: directory, from: secret)
    }
  }

  /// The key that opens what is sealed to this agent now; nil when there is none.
  package func sealingKey(_ handle: Handle) throws(KitError) -> SealingKey? {
    guard let secret = try Self.load("\(handle).seal", in: path) else { return nil }
    return try Self.sealingKey(of: secret)
  }

  /// The key of that id: the one of now, or an older one, in `<handle>.<kid>.seal`.
  ///
  /// The id may come from a peer. So it never becomes a path: it is compared with what is there.
  package func sealingKey(_ handle: Handle, kid: String) throws(KitError) -> SealingKey? {
    if let key = try sealingKey(handle), key.publicKey.kid == kid { return key }
    let names = try KitError.lifting { () throws(HostError) in
      try Directory.open(path, followLast: true).names()
    }
    guard let name = names.first(where: { $0 == "\(handle).\(kid).seal" }),
      let secret = try Self.load(name, in: path)
    else { return nil }
    return try Self.sealingKey(of: secret)
  }

  static func signingKey(of seed: consuming SecretBytes) throws(KitError) -> SigningKey {
    do { return try SigningKey(seed: seed) } catch { throw .identity(error) }
  }

  static func sealingKey(of secret: consuming SecretBytes) throws(KitError) -> SealingKey {
    do { return try SealingKey(secret: secret) } catch { throw .identity(error) }
  }

  func store(_ key: borrowing SigningKey, _ name: String) throws(HostError) {
    let directory = try Directory.createPath(path)
    // SAFETY: the pointer is lent for the length of the closure and written to a 0600 file.
    try unsafe key.withSeed { seed throws(HostError) in
      try unsafe SecretFile.create(name, in: directory, from: seed)
    }
  }

  /// The key in any file of 32 raw bytes that only this account can reach.
  package static func signingKey(at file: String) throws(KitError) -> SigningKey {
    let parts = file.split(separator: "/")
    guard file.hasPrefix("/"), let name = parts.last else { throw .notAbsolute(file) }
    let parent = "/" + parts.dropLast().joined(separator: "/")
    guard let seed = try load(String(name), in: parent) else { throw .noKeyFile(file) }
    return try signingKey(of: seed)
  }

  /// Takes over a raw 32-byte seed from a file of the older tools; never replaces a key.
  package func importKey(_ handle: Handle, from source: String) throws(KitError) -> PublicKey {
    let key = try Self.signingKey(at: source)
    do {
      try store(key, "\(handle).key")
    } catch {
      if error.isExists { throw .keyExists(handle, path: signingPath(handle)) }
      throw .host(error)
    }
    return key.publicKey
  }

  /// The other agents of this account whose key this is.
  package func holders(
    of pk: Bytes32, besides handle: Handle
  ) throws(KitError) -> [Handle] {
    let names = try KitError.lifting { () throws(HostError) in
      try Directory.open(path, followLast: true).names()
    }
    var holders: [Handle] = []
    for name in names.sorted() where name.hasSuffix(".key") {
      guard let other = try? Handle(String(name.dropLast(4))), other != handle else { continue }
      // Another's file that cannot be used is no reason to refuse this one.
      if let held = try? publicKey(other), held == pk { holders.append(other) }
    }
    return holders
  }

  /// Reads 32 secret bytes straight into guarded memory; nil when there is no such file.
  static func load(_ name: String, in parent: String) throws(KitError) -> SecretBytes? {
    var secret = try KitError.liftingIdentity { () throws(IdentityError) in
      try SecretBytes(byteCount: 32)
    }
    guard let count = try read(name, in: parent, into: &secret) else { return nil }
    guard count == 32 else {
      throw .identity(.wrongSecretLength(byteCount: count, expected: 32))
    }
    return secret
  }

  private static func read(
    _ name: String, in parent: String, into secret: inout SecretBytes
  ) throws(KitError) -> Int? {
    do {
      let directory = try Directory.open(parent, followLast: true)
      // SAFETY: the buffer is lent for the length of the closure and the file fits or is refused.
      return try unsafe secret.withMutableBytes { buffer throws(HostError) in
        try unsafe SecretFile.read(name, in: directory, into: buffer)
      }
    } catch {
      if error.isNotFound { return nil }
      throw .host(error)
    }
  }
}
