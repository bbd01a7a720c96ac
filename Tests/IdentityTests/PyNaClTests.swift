import Foundation
import Identity
import Testing
import WireFormat

/// CPython and PyNaCl as another implementation of the format: it shares libsodium, and nothing
/// else.
private enum PyNaCl {
  static let isThere: Bool = {
    let answer = try? run("import nacl.signing\nprint('ok')", input: [])
    if answer == "ok\n" { return true }
    print("notice: python3 with PyNaCl is absent; the comparison is skipped")
    return false
  }()

  /// What the script prints; nil when it failed.
  static func run(_ script: String, input: [UInt8]) throws -> String? {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script]
    let (stdin, stdout) = (Pipe(), Pipe())
    (process.standardInput, process.standardOutput) = (stdin, stdout)
    process.standardError = FileHandle.nullDevice
    try process.run()
    try stdin.fileHandleForWriting.write(contentsOf: Data(input))
    try stdin.fileHandleForWriting.close()
    let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? String(decoding: output, as: UTF8.self) : nil
  }
}

private let common = """
  import base64, hashlib, json, sys
  from nacl.signing import SigningKey, VerifyKey
  UNSIGNED = ("event_id", "public_key_id", "signature")
  def canonical(o):
      text = json.dumps(o, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
      return text.encode("utf-8")
  def event_id(o):
      return hashlib.sha256(canonical({k: v for k, v in o.items() if k not in UNSIGNED})).digest()
  def key_id(handle, pk):
      return handle + ":" + hashlib.sha256(pk).hexdigest()[:8]

  """

private let verifying =
  common + """
    for line in sys.stdin.buffer.read().split(b"\\n"):
        o = json.loads(line)
        pk = bytes.fromhex(o["pk"])
        assert canonical(o) == line and event_id(o).hex() == o["event_id"]
        assert key_id(o["from"], pk) == o["public_key_id"]
        VerifyKey(pk).verify(event_id(o), base64.b64decode(o["signature"], validate=True))
    print("ok")
    """

private let signing =
  common + """
    import random
    rng = random.Random(1)
    for number in range(1, 51):
        key = SigningKey(bytes(rng.randrange(256) for _ in range(32)))
        pk = bytes(key.verify_key)
        o = {"ack_required": False, "correlation_id": "x", "from": "scribe", "kind": 1300,
             "pk": pk.hex(), "prev": "00" * 32, "priority": "low", "refs": [], "seq": number,
             "subject": "".join(rng.choices("\\b\\"\\\\\u{e9}\u{2028}\u{10ffff}", k=9)),
             "timestamp": "2026-11-20T10:00:00.000001Z", "to": ["*"], "type": "feedback", "v": 1,
             "wire": "ab" * 32, "body": {"n": [rng.randrange(-2**70, 2**70), rng.random(), None]}}
        o.update(event_id=event_id(o).hex(), public_key_id=key_id("scribe", pk),
                 signature=base64.b64encode(key.sign(event_id(o)).signature).decode())
        sys.stdout.buffer.write(canonical(o) + b"\\n")
    """

@Suite("PyNaCl and we agree")
struct PyNaClTests {
  @Test("it verifies the lines that we sign")
  func verifies() throws {
    guard PyNaCl.isThere else { return }
    let forge = try Handle("forge")
    let lines = try (1...20).map { try Samples.line($0, from: forge) }
    #expect(try PyNaCl.run(verifying, input: Array(lines.joined(separator: [0x0A]))) == "ok\n")
    var altered = lines[0]
    altered[altered.count - 3] ^= 1
    #expect(try PyNaCl.run(verifying, input: altered) == nil)
  }

  @Test("we verify the lines that it signs")
  func signs() throws {
    guard PyNaCl.isThere else { return }
    let scribe = try Handle("scribe")
    let output = try #require(try PyNaCl.run(signing, input: []))
    let lines = output.utf8.split(separator: 0x0A)
    #expect(lines.count == 50)
    for line in lines {
      let line = Array(line)
      let envelope = try Envelope.read(line.span)
      #expect(LineCheck(line, from: scribe) == .holds(pk: envelope.pk))
    }
  }
}
