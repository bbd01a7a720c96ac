import Identity
import TestSupport
import WireFormat

/// One damage to the files of a wire: to bytes, to lines, to files, or to what lines say.
struct Mutation {
  private let wire: TestWire
  private var random: RandomSource
  /// What was done, for the report of a failure.
  private(set) var words: [String] = []

  init(_ wire: TestWire, _ random: RandomSource) {
    (self.wire, self.random) = (wire, random)
  }

  mutating func apply(to image: inout TreeImage) {
    for _ in 0...(random.once(in: 4) ? random.below(8) : 0) {
      let names = image.files.keys.filter { $0.hasPrefix(Ground.folder + "/") }.sorted()
      guard !names.isEmpty else { return }
      let name = random.pick(names)
      guard var bytes = image.files[name]?.bytes else { return }
      let kind = random.below(10)
      switch kind {
      case 0...2: damageBytes(&bytes)
      case 3...4: damageLines(&bytes, image)
      case 5: return damageFiles(&image, name, names)
      default: say(&bytes, name)
      }
      words.append("\(kind) \(name)")
      image.files[name]?.bytes = bytes
    }
  }

  private mutating func damageBytes(_ bytes: inout [UInt8]) {
    guard !bytes.isEmpty else { return }
    let place = random.below(bytes.count)
    let length = min(bytes.count - place, 1 + random.below(random.once(in: 3) ? 4096 : 8))
    let range = place..<place + length
    switch random.below(8) {
    case 0...1: bytes[place] ^= 1 << UInt8(random.below(8))
    case 2: bytes[place] = UInt8(random.below(256))
    case 3: bytes.removeSubrange(range)
    case 4: bytes.insert(contentsOf: bytes[range], at: random.below(bytes.count))
    case 5: bytes.removeLast(bytes.count - place)
    case 6: for index in range { bytes[index] = random.pick([0, 0x0A, 0x22, 0x5C, 0x7B, 0xFF]) }
    default: bytes.insert(contentsOf: (0..<length).map { _ in UInt8(random.below(256)) }, at: place)
    }
  }

  private mutating func damageLines(_ bytes: inout [UInt8], _ image: TreeImage) {
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { Array($0) }
    let place = random.below(lines.count)
    switch random.below(9) {
    case 0: lines.remove(at: place)
    case 1: lines.swapAt(place, random.below(lines.count))
    case 2: lines.insert(lines[place], at: random.below(lines.count))
    case 3: lines += [[UInt8]](repeating: lines[place], count: 1 + random.below(100))
    case 4: lines.insert(random.pick(RejectedLine.all).bytes, at: place)
    case 5: lines.reverse()
    case 6:
      let other = lines[random.below(lines.count)]
      lines[place] =
        Array(lines[place].prefix(random.below(lines[place].count + 1)))
        + other.suffix(random.below(other.count + 1))
    case 7:
      let byte = random.pick([0x20, 0x5B, 0x7B, 0x41, 0xE2] as [UInt8])
      lines.insert([UInt8](repeating: byte, count: random.pick([1, 4096, 300_000])), at: place)
    default:
      let names = image.files.keys.filter { $0.hasSuffix(".jsonl") }.sorted()
      let other = image.files[random.pick(names)]?.bytes ?? []
      lines.insert(
        contentsOf: other.split(separator: UInt8(ascii: "\n")).map { Array($0) }, at: place)
    }
    bytes = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
  }

  private mutating func damageFiles(_ image: inout TreeImage, _ name: String, _ names: [String]) {
    let file = image.files[name]
    switch random.below(5) {
    case 0: image.files[name] = nil
    case 1: image.files[name]?.bytes = []
    case 2: image.files[random.pick(names)]?.bytes = file?.bytes ?? []
    case 3:
      let log = random.pick(wire.writers.values.map(\.log).sorted()).dropLast(6)
      let first = random.pick(["000000001", "1", "000000007", "18446744073709551616", "-1", "x"])
      image.directories["\(Ground.folder)/archive"] = 0o755
      image.directories["\(Ground.folder)/archive/2026"] = 0o755
      image.files["\(Ground.folder)/archive/2026/\(log).\(first).jsonl"] = file
    default:
      let other = random.pick([
        "trust.json", "ada.key", "mallory_to_ada.jsonl", "wire.json.tmp", "beats.jsonl",
      ])
      image.files["\(Ground.folder)/\(other)"] = file
    }
    words.append("file \(name)")
  }

  /// Changes what a line says: left as it is, with the right id, or signed by its writer.
  private mutating func say(_ bytes: inout [UInt8], _ name: String) {
    var lines = bytes.split(separator: UInt8(ascii: "\n")).map { Array($0) }
    guard !lines.isEmpty else { return }
    let place = random.below(lines.count)
    guard var object = try? JSONParser.object(lines[place]) else { return }
    for _ in 0...random.below(3) {
      guard case .object(let changed) = Hostile.change(.object(object), &random) else { continue }
      object = changed
    }
    let writer = wire.handles.first { handle in
      handle != Ground.victim && object["from"]?.text == Text(handle.name)
    }
    switch random.below(4) {
    case 0: lines[place] = CanonicalWriter.bytes(of: object)
    case 1:
      object["event_id"] = .hex(EventID.of(object))
      lines[place] = CanonicalWriter.bytes(of: object)
    default:
      guard let writer, let signer = wire.writers[writer] else { return }
      lines.append(Hostile.sign(object, as: writer, signer, in: lines))
    }
    bytes = lines.flatMap { $0 + [UInt8(ascii: "\n")] }
  }
}
