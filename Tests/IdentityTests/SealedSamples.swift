import WireFormat

@testable import Identity

/// Sealed messages of the vectors' agents, and their seals taken apart and put together wrongly.
struct SealedSamples {
  let agents: JSONValue
  /// The vectors' message, made by an independent implementation.
  let message: JSONObject
  let body: JSONValue

  init() throws {
    let vectors = try Vectors.load("ceremonies.json")
    agents = try vectors.member("agents")
    let sealed = try vectors.member("sealed")
    message = try JSONParser.object(Array(sealed.string("line").utf8))
    body = try sealed.member("body")
  }

  func key(_ handle: String) throws -> SealingKey {
    try SealingKey(secret: Samples.secret(agents.member(handle).hex("seal_sk_hex")))
  }

  func publicKeys(_ handles: [String]) throws -> [Handle: SealingPublicKey] {
    var keys: [Handle: SealingPublicKey] = [:]
    for handle in handles { keys[try Handle(handle)] = try key(handle).publicKey }
    return keys
  }

  /// The vectors' message before it was sealed and signed.
  var unsealed: JSONObject {
    var object = EventID.signedPart(of: message)
    object["enc"] = nil
    return object
  }

  /// What opening gives as this agent: the body, or the fault.
  func opened(
    _ message: JSONObject, as handle: String
  ) throws -> Result<JSONValue, SealFault> {
    let key = try key(handle)
    let handle = try Handle(handle)
    do throws(SealFault) {
      return .success(try SealedBody(of: message).open(as: handle, with: key))
    } catch {
      return .failure(error)
    }
  }

  /// A message whose sender seals whatever it likes, in the right way but for what `change` does.
  func sealed(
    plain: [UInt8], for handles: [String], isPadded: Bool = true,
    change: (inout JSONObject) -> Void = { _ in }
  ) throws -> JSONObject {
    let content = try ContentKey.generate()
    let nonce = SecureRandom.bytes(ContentKey.nonceByteCount)
    var boxes = JSONObject()
    for (handle, key) in try publicKeys(handles) {
      boxes[Text(handle.name)] = .object([
        "box": .string(Base64.encode(try content.box(for: key))), "kid": .string(key.kid),
      ])
    }
    var enc: JSONObject = [
      "alg": .string(SealedBody.algorithm), "commit": .hex(content.commitment(to: nonce)),
      "keys": .object(boxes), "nonce": .string(Base64.encode(nonce)),
    ]
    change(&enc)
    var message = unsealed
    message["enc"] = .object(enc)
    let ciphertext = content.encrypt(
      isPadded ? Padding.add(to: plain) : plain, nonce: nonce,
      associated: CanonicalWriter.bytes(of: message))
    enc["ct"] = .string(Base64.encode(ciphertext))
    message["enc"] = .object(enc)
    return message
  }
}

extension JSONObject {
  /// The object with its seal changed.
  func changing(_ change: (inout JSONObject) -> Void) -> JSONObject {
    var (message, enc) = (self, self["enc"]?.members ?? [:])
    change(&enc)
    message["enc"] = .object(enc)
    return message
  }

  var ciphertext: [UInt8] {
    get { self["ct"]?.text.flatMap { Base64.decode($0) } ?? [] }
    set { self["ct"] = .string(Base64.encode(newValue)) }
  }
}
