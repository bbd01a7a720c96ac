import Identity
import Testing
import WireFormat

@Suite("the proof of a new key")
struct KeyAddProofTests {
  private func proof(in wire: String) throws -> [Bool] {
    let id = try Vectors.load("wires/\(wire)/expect.json").bytes32("wire")
    var found: [Bool] = []
    for log in ["forge_to_scribe", "scribe_to_forge"] {
      for line in try Vectors.lines("wires/\(wire)/_coordination/\(log).jsonl") {
        guard let envelope = try? Envelope.read(line.span),
          let message = try? Message(line.span, envelope), message.type.known == .keyAdd,
          let body = message.body?.members, let proof = body["proof"]?.text,
          let pk = body["pk"]?.text.flatMap(Bytes32.init(hex:))
        else { continue }
        found.append(
          KeyAddProof.holds(proof, wire: id, handle: message.from, old: message.pk, new: pk))
      }
    }
    return found
  }

  @Test("the stored proof of a rotation holds, that of a wrong one does not")
  func stored() throws {
    #expect(try proof(in: "rotated-key") == [true])
    #expect(try proof(in: "key-add-without-proof") == [false])
  }

  @Test("it holds for one wire, handle, old and new key")
  func holds() throws {
    let old = try Samples.key(1).publicKey.bytes
    let new = try Samples.key(2)
    let forge = try Handle("forge")
    let pk = new.publicKey.bytes
    let wire = Samples.wire
    let proof = Text(KeyAddProof.make(wire: wire, handle: forge, old: old, newKey: new))
    #expect(KeyAddProof.holds(proof, wire: wire, handle: forge, old: old, new: pk))
    #expect(!KeyAddProof.holds(proof, wire: .zero, handle: forge, old: old, new: pk))
    let scribe = try Handle("scribe")
    #expect(!KeyAddProof.holds(proof, wire: wire, handle: scribe, old: old, new: pk))
    #expect(!KeyAddProof.holds(proof, wire: wire, handle: forge, old: pk, new: pk))
    #expect(!KeyAddProof.holds(proof, wire: wire, handle: forge, old: old, new: old))
    #expect(!KeyAddProof.holds("", wire: wire, handle: forge, old: old, new: pk))
  }

  @Test("a new key that is no key is refused, whatever signature stands there")
  func mixedOrder() throws {
    let proof: Text =
      "LxEyymGrON/wDy/qMijyTGxx1YCFuA5H4ZUVyyfo0EcaToEKsJH2rWVa8MD9/iqnIs5lw7LhR1bwR0EG1L2IDg=="
    let (forge, mixedKey) = (try Handle("forge"), try bytes32(Samples.mixedKey))
    #expect(!KeyAddProof.holds(proof, wire: .zero, handle: forge, old: .zero, new: mixedKey))
  }

  @Test("the signed bytes are prefix, wire, handle with its length, old and new key")
  func message() throws {
    let (wire, old, new) = (Samples.wire, SHA256Hasher.hash([1]), SHA256Hasher.hash([2]))
    let bytes = KeyAddProof.message(wire: wire, handle: try Handle("forge"), old: old, new: new)
    let expected = Array("deaddrop-key-v1".utf8) + wire.bytes + [5] + Array("forge".utf8)
    #expect(bytes == expected + old.bytes + new.bytes)
  }
}
