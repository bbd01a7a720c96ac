import Identity
import Testing
import WireFormat

@Suite("the code of a ceremony")
struct SASTests {
  private func transcript() throws -> (SAS.Transcript, code: String) {
    let all = try Vectors.load("ceremonies.json")
    let sas = try all.member("sas")
    func side(_ key: String) throws -> SAS.Side {
      let handle = try sas.handle(key)
      let agent = try all.member("agents").member(handle.name)
      return SAS.Side(
        handle: handle, pk: try agent.bytes32("pk"), sealKey: try agent.bytes32("seal_pk"))
    }
    let transcript = SAS.Transcript(
      wire: try all.bytes32("wire"), ceremony: Text(try sas.string("ceremony")),
      initiator: try side("initiator"), responder: try side("responder"),
      commitment: try sas.bytes32("commitment"), initiatorNonce: try sas.bytes32("nonce_i_hex"),
      responderNonce: try sas.bytes32("nonce_r_hex"))
    return (transcript, try sas.string("code"))
  }

  @Test("commitment and code are the vector's")
  func vector() throws {
    let (transcript, code) = try transcript()
    #expect(SAS.commitment(to: transcript.initiatorNonce) == transcript.commitment)
    #expect(SAS.commitment(to: transcript.responderNonce) != transcript.commitment)
    #expect(SAS.code(of: transcript) == code)
  }

  @Test("the code hangs on every part, and on which side each is")
  func everyPart() throws {
    let (original, code) = try transcript()
    func changed(
      wire: Bytes32? = nil, ceremony: Text? = nil, initiator: SAS.Side? = nil,
      responder: SAS.Side? = nil, commitment: Bytes32? = nil, nonceI: Bytes32? = nil,
      nonceR: Bytes32? = nil
    ) -> String {
      SAS.code(
        of: SAS.Transcript(
          wire: wire ?? original.wire, ceremony: ceremony ?? original.ceremony,
          initiator: initiator ?? original.initiator, responder: responder ?? original.responder,
          commitment: commitment ?? original.commitment,
          initiatorNonce: nonceI ?? original.initiatorNonce,
          responderNonce: nonceR ?? original.responderNonce))
    }
    let (one, two) = (original.initiator, original.responder)
    let other = try Handle("forged")
    let codes = [
      code, changed(wire: .zero), changed(ceremony: "076db1525d94b429"),
      changed(initiator: SAS.Side(handle: other, pk: one.pk, sealKey: one.sealKey)),
      changed(initiator: SAS.Side(handle: one.handle, pk: .zero, sealKey: one.sealKey)),
      changed(initiator: SAS.Side(handle: one.handle, pk: one.pk, sealKey: .zero)),
      changed(responder: SAS.Side(handle: other, pk: two.pk, sealKey: two.sealKey)),
      changed(responder: SAS.Side(handle: two.handle, pk: .zero, sealKey: two.sealKey)),
      changed(responder: SAS.Side(handle: two.handle, pk: two.pk, sealKey: .zero)),
      changed(initiator: two, responder: one), changed(commitment: .zero), changed(nonceI: .zero),
      changed(nonceR: .zero),
      changed(nonceI: original.responderNonce, nonceR: original.initiatorNonce),
    ]
    #expect(Set(codes).count == codes.count)
  }

  @Test("no part can lend a byte to its neighbour")
  func boundaries() throws {
    let (original, _) = try transcript()
    func code(_ ceremony: Text, _ handle: String) throws -> String {
      let side = original.initiator
      return SAS.code(
        of: SAS.Transcript(
          wire: original.wire, ceremony: ceremony,
          initiator: SAS.Side(handle: try Handle(handle), pk: side.pk, sealKey: side.sealKey),
          responder: original.responder, commitment: original.commitment,
          initiatorNonce: original.initiatorNonce, responderNonce: original.responderNonce))
    }
    #expect(try code("aa", "bcd") != code("aab", "cd"))
  }
}
