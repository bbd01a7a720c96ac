import Foundation
import Testing
import WireFormat

@testable import Identity

@Suite("what a secret leaves on the stack")
struct StackTests {
  /// The bytes below an address, asked of the kernel: nothing here dereferences it.
  private struct Reader {
    let descriptor = unsafe open("/proc/self/mem", O_RDONLY | O_CLOEXEC)
    var bytes = [UInt8](repeating: 0, count: 32_768)

    mutating func read(below address: UInt) -> Bool {
      let start = Int(address) - bytes.count
      // SAFETY: the call writes within the array.
      return unsafe pread(descriptor, &bytes, bytes.count, start) == bytes.count
    }

    func holds(_ secret: [UInt8]) -> Bool {
      // The middle: a scalar is clamped at its ends.
      let middle = secret[4..<28]
      return bytes.indices.dropLast(24).contains { bytes[$0...].starts(with: middle) }
    }
  }

  /// libsodium 1.0.18 leaves the beginning of what `crypto_box_seal_open` opened.
  @Test("is wiped when a box was opened, and the key in it used", .enabled(if: isLinux))
  func box() throws {
    let samples = try SealedSamples()
    let expected = try Vectors.load("ceremonies.json").member("sealed").hex("content_key_hex")
    let secret = try samples.agents.member("scribe").hex("seal_sk_hex")
    let key = try samples.key("scribe")
    let entry = samples.message["enc"]?.members?["keys"]?.members?["scribe"]?.members
    let box = try #require(entry?["box"]?.text.flatMap { Base64.decode($0) })
    var reader = Reader()
    defer { close(reader.descriptor) }
    var here: UInt8 = 0
    // SAFETY: only the address leaves the closure.
    let address = unsafe withUnsafeMutablePointer(to: &here) { UInt(bitPattern: $0) }
    var isRead = true
    let content = try ContentKey(box: box, openedBy: key)
    isRead = reader.read(below: address) && isRead
    #expect(!reader.holds(expected) && !reader.holds(secret))
    let commitment = content.commitment(to: [1])
    isRead = reader.read(below: address) && isRead
    #expect(!reader.holds(expected))
    #expect(isRead && commitment != .zero)
  }

  #if os(Linux)
    private static let isLinux = true
  #else
    private static let isLinux = false
  #endif
}
