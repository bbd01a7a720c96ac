import Host
import Identity
import WireFormat

/// `deaddrop plumbing ceremonies`: what proofs, codes and seals come to, from given secrets.
enum PlumbingCeremonies: Command {
  static let name = "plumbing ceremonies"
  private static let inputLimit = 1 << 20

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Compute proofs and codes from keys; open a sealed line",
      notes: [
        """
        Input: one JSON object; what it lacks is left out of the output.
          {"wire":HEX,
           "agents":{HANDLE:{"pk":HEX,"seal_pk":HEX,"seal_sk_hex":HEX,"card":{}}},
           "invite":{"secret_hex":HEX,"joiner":HANDLE},
           "sas":{"ceremony":TEXT,"initiator":HANDLE,"responder":HANDLE,
                  "nonce_i_hex":HEX,"nonce_r_hex":HEX},
           "sealed":{"line":TEXT}}
        """,
        """
        Output: {"invite_proof":HEX,"commitment":HEX,"code":TEXT,"fingerprint":TEXT,
                 "opened":{HANDLE:BODY}}
        opened has every agent for which the line opens. The fingerprint is of the two
        of sas, else of the only two agents.
        """,
        "For published keys: the secrets of real agents never belong into such an input.",
      ],
      examples: ["deaddrop plumbing ceremonies < ceremonies.json"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let bytes: [UInt8]
    do {
      bytes = try StandardStreams.readAllInput(limit: inputLimit)
    } catch { throw CommandFailure(error) }
    let object: JSONObject
    do {
      object = try JSONParser.record(bytes)
    } catch {
      throw .usage("the input is no JSON object: \(error.reason.rawValue) at byte \(error.offset)")
    }
    let (answer, faults) = try CeremonyInput(object).answer()
    var report = Report([.data(answer)])
    for (agent, fault) in faults { report.warn("closed to \(agent): \(fault)") }
    return report
  }
}

/// The fields of the input, each read when something is computed from it.
private struct CeremonyInput {
  let object: JSONObject

  init(_ object: JSONObject) { self.object = object }

  /// What can be computed, and for whom the line does not open although it has a box.
  func answer() throws(CommandFailure) -> (JSONObject, [(Handle, SealFault)]) {
    var answer = JSONObject()
    if let invite = object["invite"]?.members {
      answer["invite_proof"] = .hex(try inviteProof(invite))
    }
    if let sas = object["sas"]?.members {
      let transcript = try transcript(sas)
      answer["commitment"] = .hex(transcript.commitment)
      answer["code"] = .string(SAS.code(of: transcript))
    }
    if let (one, other) = try pair() {
      answer["fingerprint"] = .string(
        Fingerprint.shown((one, try key("pk", of: one)), (other, try key("pk", of: other))))
    }
    guard let sealed = object["sealed"]?.members else { return (answer, []) }
    let (bodies, faults) = try opened(sealed)
    answer["opened"] = .object(bodies)
    return (answer, faults)
  }

  private func inviteProof(_ invite: JSONObject) throws(CommandFailure) -> Bytes32 {
    let joiner = try handle("invite.joiner", invite["joiner"])
    guard let card = try agent(joiner)["card"]?.members else {
      throw Self.missing("agents.\(joiner).card")
    }
    return InviteProof.make(
      secret: try Self.bytes("invite.secret_hex", invite["secret_hex"]), wire: try wire(),
      handle: joiner, pk: try key("pk", of: joiner), card: card)
  }

  private func transcript(_ sas: JSONObject) throws(CommandFailure) -> SAS.Transcript {
    guard let ceremony = sas["ceremony"]?.text else { throw Self.missing("sas.ceremony") }
    let nonce = try Self.bytes("sas.nonce_i_hex", sas["nonce_i_hex"])
    return SAS.Transcript(
      wire: try wire(), ceremony: ceremony,
      initiator: try side(handle("sas.initiator", sas["initiator"])),
      responder: try side(handle("sas.responder", sas["responder"])),
      commitment: SAS.commitment(to: nonce), initiatorNonce: nonce,
      responderNonce: try Self.bytes("sas.nonce_r_hex", sas["nonce_r_hex"]))
  }

  private func side(_ handle: Handle) throws(CommandFailure) -> SAS.Side {
    SAS.Side(
      handle: handle, pk: try key("pk", of: handle), sealKey: try key("seal_pk", of: handle))
  }

  /// Whose fingerprint is asked for, if it is clear.
  private func pair() throws(CommandFailure) -> (Handle, Handle)? {
    if let sas = object["sas"]?.members {
      return (
        try handle("sas.initiator", sas["initiator"]),
        try handle("sas.responder", sas["responder"])
      )
    }
    let handles = (object["agents"]?.members?.members ?? []).compactMap { Handle($0.key) }
    return handles.count == 2 ? (handles[0], handles[1]) : nil
  }

  private func opened(
    _ sealed: JSONObject
  ) throws(CommandFailure) -> (JSONObject, [(Handle, SealFault)]) {
    guard let line = sealed["line"]?.text, let message = try? JSONParser.object(line.utf8) else {
      throw Self.missing("sealed.line")
    }
    let body: SealedBody
    do { body = try SealedBody(of: message) } catch {
      throw CommandFailure(.refused, "sealed.line: \(error)")
    }
    var bodies = JSONObject()
    var faults: [(Handle, SealFault)] = []
    for reader in body.readers {
      guard let hex = object["agents"]?.members?[Text(reader.name)]?.members?["seal_sk_hex"] else {
        continue
      }
      let key = try sealingKey("agents.\(reader).seal_sk_hex", hex)
      do throws(SealFault) {
        bodies[Text(reader.name)] = try body.open(as: reader, with: key)
      } catch { faults.append((reader, error)) }
    }
    return (bodies, faults)
  }

  private func sealingKey(
    _ name: String, _ hex: JSONValue
  ) throws(CommandFailure) -> SealingKey {
    let bytes = try Self.bytes(name, hex)
    do { return try SealingKey(publishedSecret: bytes) } catch { throw CommandFailure(error) }
  }
}

extension CeremonyInput {
  private func wire() throws(CommandFailure) -> Bytes32 { try Self.bytes("wire", object["wire"]) }

  private func agent(_ handle: Handle) throws(CommandFailure) -> JSONObject {
    guard let agent = object["agents"]?.members?[Text(handle.name)]?.members else {
      throw Self.missing("agents.\(handle)")
    }
    return agent
  }

  private func key(_ name: Text, of handle: Handle) throws(CommandFailure) -> Bytes32 {
    try Self.bytes("agents.\(handle).\(name.string)", try agent(handle)[name])
  }

  private func handle(_ name: String, _ value: JSONValue?) throws(CommandFailure) -> Handle {
    guard let handle = value?.text.flatMap({ Handle($0) }) else { throw Self.missing(name) }
    return handle
  }

  private static func bytes(
    _ name: String, _ value: JSONValue?
  ) throws(CommandFailure) -> Bytes32 {
    guard let bytes = value?.text.flatMap(Bytes32.init(hex:)) else { throw missing(name) }
    return bytes
  }

  private static func missing(_ name: String) -> CommandFailure {
    .usage("the input has no valid \(name)")
  }
}
