import Foundation

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What stands in the memory of another process, as its kernel shows it.
struct MemoryImage {
  /// A mapping that has pages, with its permissions and flags of `smaps`.
  struct Region {
    let range: Range<UInt64>
    let permissions: String
    var flags: [String] = []
    var residentKilobytes = 0
  }

  /// Where some bytes were found.
  struct Finding {
    let address: UInt64
    let region: Region

    /// Closed to the process itself, locked against swapping, and left out of core files.
    var isGuarded: Bool {
      region.permissions.hasPrefix("---") && Set(region.flags).isSuperset(of: ["lo", "dd"])
    }
  }

  struct Unreadable: Error {
    let path: String
    let code: Int32
  }

  let regions: [Region]
  private let path: String

  /// Takes the mappings of a process that stands still.
  init(of processID: Int32) throws {
    // The file has no length of its own: it is read until it gives no more.
    let file = try FileHandle(forReadingFrom: URL(filePath: "/proc/\(processID)/smaps"))
    var data = Data()
    while let block = try file.read(upToCount: 1 << 16), !block.isEmpty { data += block }
    try file.close()
    let text = String(decoding: data, as: UTF8.self)
    var regions: [Region] = []
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      let ends = words.first?.split(separator: "-").compactMap { UInt64($0, radix: 16) } ?? []
      if ends.count == 2, words.count > 1 {
        regions.append(Region(range: ends[0]..<ends[1], permissions: String(words[1])))
      } else if let match = line.firstMatch(of: /^Rss: +([0-9]+) kB/), !regions.isEmpty {
        regions[regions.count - 1].residentKilobytes = Int(match.1) ?? 0
      } else if line.hasPrefix("VmFlags: "), !regions.isEmpty {
        regions[regions.count - 1].flags = words.dropFirst().map(String.init)
      }
    }
    self.regions = regions.filter { $0.residentKilobytes > 0 }
    path = "/proc/\(processID)/mem"
  }

  /// Every place where each of these stands; also in pages that are closed to the process.
  func find(_ needles: [[UInt8]]) throws -> [[Finding]] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Unreadable(path: path, code: errno) }
    defer { close(descriptor) }
    var found: [[Finding]] = needles.map { _ in [] }
    for region in regions {
      var bytes = [UInt8](repeating: 0, count: region.range.count)
      var filled = 0
      while filled < bytes.count {
        // SAFETY: the call writes within the array.
        let count = unsafe bytes.withUnsafeMutableBytes { buffer in
          unsafe pread(
            descriptor, buffer.baseAddress.map { unsafe $0 + filled }, buffer.count - filled,
            Int(region.range.lowerBound) + filled)
        }
        // What the kernel shows nobody, such as its own variables.
        guard count > 0 else { break }
        filled += count
      }
      for (index, needle) in needles.enumerated() {
        found[index] += Search.places(of: needle, in: bytes[..<filled]).map {
          Finding(address: region.range.lowerBound + UInt64($0), region: region)
        }
      }
    }
    return found
  }
}

/// Bytes in bytes, fast enough for whole memories.
enum Search {
  static func places(of needle: [UInt8], in bytes: ArraySlice<UInt8>) -> [Int] {
    // SAFETY: the calls read within the two arrays, and the pointers are not kept.
    unsafe bytes.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return [] }
      var places: [Int] = []
      var from = 0
      while bytes.count - from >= needle.count,
        let hit = unsafe memchr(start + from, Int32(needle[0]), bytes.count - from)
      {
        let place = unsafe UnsafeRawPointer(hit) - start
        from = place + 1
        guard bytes.count - place >= needle.count else { break }
        if unsafe memcmp(hit, needle, needle.count) == 0 { places.append(place) }
      }
      return places
    }
  }

  static func places(of needle: [UInt8], inFile path: String) throws -> [Int] {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    return places(of: needle, in: bytes[...])
  }
}
