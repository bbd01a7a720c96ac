import Foundation
import Identity
import Testing

/// Asks the kernel what may be done at an address, by system calls that fail instead of crashing.
private struct MemoryProbe {
  private let pipe = Pipe()

  /// Whether the byte there may be read: `write` gives EFAULT when not.
  func canRead(_ address: UInt) -> Bool {
    let descriptor = pipe.fileHandleForWriting.fileDescriptor
    // SAFETY: the kernel checks the address; nothing here dereferences it.
    let count = unsafe write(descriptor, UnsafeRawPointer(bitPattern: address), 1)
    return count == 1
  }

  /// Whether the byte there may be written: `read` gives EFAULT when not.
  func canWrite(_ address: UInt) -> Bool {
    var byte: UInt8 = 0x5A
    let (reading, writing) = (pipe.fileHandleForReading, pipe.fileHandleForWriting)
    // SAFETY: as above; the byte written to the pipe is a local one.
    guard unsafe write(writing.fileDescriptor, &byte, 1) == 1 else { return false }
    let pointer = unsafe UnsafeMutableRawPointer(bitPattern: address)
    return unsafe read(reading.fileDescriptor, pointer, 1) == 1
  }
}

@Suite("secrets stay in guarded memory")
struct SecretBytesTests {
  @Test("new bytes are zero, as many as asked", arguments: [0, 1, 32, 64, 4096, 5000])
  func zero(count: Int) throws {
    let secret = try SecretBytes(byteCount: count)
    // SAFETY: the bytes are copied inside the closure.
    let bytes = unsafe secret.withBytes { unsafe Array($0) }
    #expect(secret.byteCount == count)
    #expect(bytes == [UInt8](repeating: 0, count: count))
  }

  @Test("what was filled in is what is read")
  func filled() throws {
    let secret = try Samples.secret(Array(1...40))
    // SAFETY: the bytes are copied inside the closure.
    #expect(unsafe secret.withBytes { unsafe Array($0) } == Array(1...40))
    #expect(unsafe secret.withBytes { unsafe Array($0) } == Array(1...40))
  }

  @Test("closed outside the closures")
  func protection() throws {
    let probe = MemoryProbe()
    var secret = try Samples.secret([1, 2, 3])
    // SAFETY: only the address leaves the closure, and only the kernel looks at it.
    let address = unsafe secret.withBytes { bytes in
      let address = UInt(bitPattern: bytes.baseAddress)
      #expect(probe.canRead(address))
      return address
    }
    #expect(!probe.canRead(address))
    unsafe secret.withMutableBytes { _ in #expect(probe.canWrite(address)) }
    #expect(!probe.canRead(address))
  }

  @Test("gone when freed")
  func freed() async {
    // In a process of its own: here another test may be given the same address at once.
    await #expect(processExitsWith: .success) {
      let secret = try SecretBytes(byteCount: 32)
      // SAFETY: only the address leaves the closure, and only the kernel looks at it.
      let address = unsafe secret.withBytes { UInt(bitPattern: $0.baseAddress) }
      let isThere = isMapped(address)
      free(secret)
      guard isThere, !isMapped(address) else { exit(1) }
    }
  }

  @Test("bytes lent for reading cannot be written")
  func readOnly() throws {
    let secret = try Samples.secret([1, 2, 3])
    // SAFETY: only the kernel looks at the address.
    let isWritable = unsafe secret.withBytes { bytes in
      MemoryProbe().canWrite(UInt(bitPattern: bytes.baseAddress))
    }
    #expect(!isWritable)
    // SAFETY: the bytes are copied inside the closure.
    #expect(unsafe secret.withBytes { unsafe Array($0) } == [1, 2, 3])
  }

  @Test("an error of the closure comes through, and the bytes are closed again")
  func throwing() throws {
    struct Stop: Error {}
    let probe = MemoryProbe()
    var secret = try Samples.secret([1, 2, 3])
    var address: UInt = 0
    // SAFETY: only the address leaves the closures, and only the kernel looks at it.
    do {
      try unsafe secret.withMutableBytes { bytes in
        address = UInt(bitPattern: bytes.baseAddress)
        throw Stop()
      }
      Issue.record("not thrown")
    } catch is Stop {}
    #expect(address != 0 && !probe.canRead(address))
    do {
      try unsafe secret.withBytes { _ in throw Stop() }
      Issue.record("not thrown")
    } catch is Stop {}
    #expect(!probe.canRead(address))
  }

  @Test("memory that cannot be had is an error, not a crash")
  func tooLarge() {
    #expect(throws: IdentityError.outOfLockedMemory(byteCount: .max)) {
      _ = try SecretBytes(byteCount: .max).byteCount
    }
    #expect(throws: IdentityError.outOfLockedMemory(byteCount: -1)) {
      _ = try SecretBytes(byteCount: -1).byteCount
    }
  }
}

/// Whether any page is mapped there: `mincore` gives ENOMEM when not.
private func isMapped(_ address: UInt) -> Bool {
  var residency: UInt8 = 0
  let page = unsafe UnsafeMutableRawPointer(bitPattern: address & ~4095)
  // SAFETY: the kernel checks the address, and writes one byte of residency.
  return unsafe mincore(page, 1, &residency) == 0
}

private func free(_ secret: consuming SecretBytes) {}
