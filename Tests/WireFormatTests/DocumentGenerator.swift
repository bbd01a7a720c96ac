/// Writes random JSON objects in random spellings; now and then with a fault in them.
struct DocumentGenerator {
  private var random: RandomSource
  private(set) var numbers = NumberGenerator()
  private var out: [UInt8] = []
  /// What the present document is like.
  private var isSpaced = false
  private var isEscaped = false
  private var isFaulty = false

  init(_ stream: String) { random = RandomSource(stream) }

  /// One document of any of the kinds below.
  mutating func document() -> [UInt8] {
    switch random.below(100) {
    case 0..<48: general()
    case 48..<62: severalNumbers()
    case 62..<70: severalStrings()
    case 70..<94: mutated(random.once(in: 2) ? plain() : general())
    case 94..<97: nested()
    default: soup()
    }
  }

  private mutating func general() -> [UInt8] {
    isSpaced = random.once(in: 2)
    isEscaped = random.once(in: 3)
    isFaulty = random.once(in: 5)
    return object()
  }

  /// A document that is likely to be nearly canonical.
  private mutating func plain() -> [UInt8] {
    (isSpaced, isEscaped, isFaulty) = (false, false, false)
    return object()
  }

  private mutating func object() -> [UInt8] {
    out.removeAll(keepingCapacity: true)
    space()
    members(depth: 1)
    space()
    return out
  }

  private mutating func space() {
    guard isSpaced, random.once(in: 3) else { return }
    for _ in 0...random.below(3) { out.append(random.pick([0x20, 0x09, 0x0A, 0x0D])) }
    if isFaulty, random.once(in: 60) { out.append(random.pick([0x00, 0x0B, 0x0C, 0xA0, 0x85])) }
  }

  private mutating func put(_ text: String) { out.append(contentsOf: text.utf8) }

  private mutating func members(depth: Int) {
    put("{")
    let count = random.pick([0, 1, 1, 2, 3, 4])
    for index in 0..<count {
      if index > 0 { put(",") }
      space()
      key()
      space()
      put(":")
      space()
      value(depth: depth)
      space()
    }
    put("}")
  }

  private mutating func value(depth: Int) {
    switch random.below(depth < 5 ? 10 : 7) {
    case 0: put(random.pick(["true", "false", "null"]))
    case 1, 2, 3:
      let isBroken = isFaulty && random.once(in: 8)
      put(isBroken ? numbers.broken(&random) : numbers.number(&random))
    case 4, 5, 6: string(random.pick([0, 1, 3, 6, 10]))
    case 7:
      put("[")
      for index in 0..<random.below(4) {
        if index > 0 { put(",") }
        space()
        value(depth: depth + 1)
        space()
      }
      put("]")
    default: members(depth: depth + 1)
    }
  }

  /// Keys that sort differently by bytes, by UTF-16 units, by escapes and by canonical equivalence.
  private static let keys: [[UInt32]] = [
    [], [0x61], [0x61, 0x61], [0xE9], [0x65, 0x301], [0xFFFF], [0x10000], [0xE000], [0x7F], [0x80],
    [0x01], [0x09], [0x1F], [0x20], [0x21], [0x22], [0x23], [0x5B], [0x5C], [0x5D], [0x2F],
    [0x61, 0x00], [0x10FFFF], [0xD7FF], [0x2028], [0x0D, 0x0A], [0x212B], [0xC5], [0x41, 0x30A],
    Array("from".unicodeScalars.map(\.value)), Array("event_id".unicodeScalars.map(\.value)),
  ]

  private mutating func key() {
    guard random.once(in: 2) else { return string(random.pick([1, 2, 5])) }
    put("\"")
    for scalar in random.pick(Self.keys) { character(scalar) }
    put("\"")
  }

  private mutating func string(_ count: Int) {
    put("\"")
    for _ in 0..<count {
      switch random.below(12) {
      case 0: character(UInt32(random.below(0x20)))
      case 1: character(random.pick([0x22, 0x5C, 0x2F]))
      case 2: character(UInt32(random.int(0x80...0x7FF)))
      case 3: character(UInt32(random.int(0x800...0xD7FF)))
      case 4: character(UInt32(random.int(0xE000...0xFFFF)))
      case 5: character(UInt32(random.int(0x10000...0x10FFFF)))
      default: character(UInt32(random.int(0x20...0x7F)))
      }
      if isFaulty, random.once(in: 25) { fault() }
    }
    put("\"")
  }

  private mutating func severalStrings() -> [UInt8] {
    (isSpaced, isEscaped, isFaulty) = (false, random.once(in: 2), random.once(in: 2))
    out.removeAll(keepingCapacity: true)
    put("{\"x\":[")
    string(8)
    put(",")
    string(4)
    put("]}")
    return out
  }

  private mutating func character(_ scalar: UInt32) {
    if isEscaped ? !random.once(in: 3) : random.once(in: 40) { return unit(scalar) }
    switch scalar {
    case 0x08: put("\\b")
    case 0x09: put("\\t")
    case 0x0A: put("\\n")
    case 0x0C: put("\\f")
    case 0x0D: put("\\r")
    case 0x22, 0x5C: put(scalar == 0x22 ? "\\\"" : "\\\\")
    case 0x2F where isEscaped: put("\\/")
    case 0..<0x20: unit(scalar, upper: false)
    default: if let scalar = Unicode.Scalar(scalar) { put(String(Character(scalar))) }
    }
  }

  /// `\u` escapes, a pair of them beyond U+FFFF.
  private mutating func unit(_ scalar: UInt32, upper: Bool? = nil) {
    guard scalar < 0x10000 else {
      unit(0xD800 + (scalar - 0x10000) >> 10)
      return unit(0xDC00 + (scalar - 0x10000) & 0x3FF)
    }
    let digits = String(scalar, radix: 16, uppercase: upper ?? random.once(in: 2))
    put("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
  }

  /// What no string may hold.
  private mutating func fault() {
    out.append(
      contentsOf: random.pick([
        Array("\\ud800".utf8), Array("\\udfff".utf8), Array("\\udc00\\ud800".utf8),
        Array("\\uD83Dx".utf8), Array("\\ud83d\\u0041".utf8), Array("\\u12".utf8),
        Array("\\u00g0".utf8), Array("\\x41".utf8), Array("\\U0041".utf8), Array("\\'".utf8),
        Array("\\u+123".utf8), Array("\\u 123".utf8), Array("\\ud83d\\n".utf8), [0x5C, 0x0A],
        [0x00], [0x09], [0x1F], [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80],
        [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80],
        [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
        [0xE2, 0x82], [0xC3], [0xF0, 0x9F, 0x98], [0x22],
      ]))
  }

  private mutating func severalNumbers() -> [UInt8] {
    out.removeAll(keepingCapacity: true)
    put("{\"x\":[")
    put((0..<4).map { _ in numbers.byBits(&random) }.joined(separator: ","))
    put("]}")
    return out
  }

  private mutating func nested() -> [UInt8] {
    out.removeAll(keepingCapacity: true)
    let depth = random.int(60...67)
    var isArray = [false]
    for _ in 1..<depth { isArray.append(random.once(in: 2)) }
    let isEmpty = random.once(in: 2)
    for (index, array) in isArray.enumerated() {
      let isLast = index == depth - 1
      put(array ? "[" : isLast && isEmpty ? "{" : "{\"x\":")
    }
    if !isEmpty || random.once(in: 30) { put("1") }
    for array in isArray.reversed() { put(array ? "]" : "}") }
    return random.once(in: 8) ? mutated(out) : out
  }

  /// Tokens in no order.
  private mutating func soup() -> [UInt8] {
    out.removeAll(keepingCapacity: true)
    put("{")
    for _ in 0..<random.int(1...8) { put(random.pick(Self.tokens)) }
    if !random.once(in: 5) { put("}") }
    return out
  }

  private static let tokens = [
    "{", "}", "[", "]", ",", ":", "\"a\":1", "\"b\":", "\"c\"", "\"a\"", "\"\\u0061\":2", "1", "-0",
    "true", "null", "nul", "false", " ", "\n", "{}", "[]", "\"d\":[1,2]", "\"e\":{\"a\":null}", ",",
    "\u{feff}", "/*x*/", "//", "'", "\0", "NaN", "1.0", "\\",
  ]

  private mutating func mutated(_ document: [UInt8]) -> [UInt8] {
    var bytes = document
    for _ in 0...random.below(3) where !bytes.isEmpty {
      let at = random.below(bytes.count)
      switch random.below(9) {
      case 0: bytes[at] ^= 1 << UInt8(random.below(8))
      case 1: bytes[at] = UInt8(truncatingIfNeeded: random.next())
      case 2: bytes.remove(at: at)
      case 3: bytes.insert(bytes[at], at: at)
      case 4: bytes.insert(contentsOf: random.pick(Self.tokens).utf8, at: at)
      case 5: bytes.swapAt(at, random.below(bytes.count))
      case 6: bytes.removeSubrange(at..<min(bytes.count, at + random.int(1...4)))
      case 7: bytes.append(contentsOf: random.pick(Self.tokens).utf8)
      default: if random.once(in: 3) { bytes.removeLast(bytes.count - at) }
      }
    }
    return bytes
  }
}
