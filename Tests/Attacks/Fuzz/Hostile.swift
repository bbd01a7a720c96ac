import Identity
import TestSupport
import WireFormat

/// Values that a program might not expect where they stand, and the signatures to go with them.
enum Hostile {
  /// The value with one thing somewhere in it changed, added or gone.
  static func change(_ value: JSONValue, _ random: inout RandomSource) -> JSONValue {
    switch value {
    case .object(var object) where !object.members.isEmpty && !random.once(in: 12):
      let member = random.pick(object.members)
      switch random.below(6) {
      case 0: object[member.key] = nil
      case 1: object[random.pick(keys)] = odd(&random)
      default: object[member.key] = change(member.value, &random)
      }
      return .object(object)
    case .array(var elements) where !elements.isEmpty && !random.once(in: 12):
      let index = random.below(elements.count)
      switch random.below(5) {
      case 0: elements.remove(at: index)
      case 1: elements.append(elements[index])
      case 2: elements += [JSONValue](repeating: odd(&random), count: random.pick([1, 70, 2000]))
      default: elements[index] = change(elements[index], &random)
      }
      return .array(elements)
    case .integer(let number) where random.once(in: 2):
      return .integer(number &+ random.pick([1, -1, 1 << 20, 1 << 53, .max, .min]))
    case .string(let text) where random.once(in: 3):
      var bytes = text.utf8
      if bytes.isEmpty || bytes.contains(where: { $0 >= 0x80 }) { return odd(&random) }
      bytes[random.below(bytes.count)] = random.pick(Array("0aZ*/.:_ ".utf8))
      return .string(Text(utf8: bytes))
    default: return odd(&random)
    }
  }

  private static let keys: [Text] = [
    "", "body", "re", "to", "crit", "enc", "effects", "members", "until", "acks", "heads", "seen",
    "paths", "operator", "recover", "after", "n", "\u{1B}[2J", "code", "by", "proof", "pk",
  ]

  private static func odd(_ random: inout RandomSource) -> JSONValue {
    switch random.below(14) {
    case 0: .null
    case 1: .bool(random.once(in: 2))
    case 2: .integer(random.pick([0, -1, 1, .max, .min, 1 << 53, 4711]))
    case 3: .real(random.pick([0.5, -0.0, 1e308, .leastNonzeroMagnitude]))
    case 4: .bigInteger([UInt8](repeating: UInt8(ascii: "9"), count: random.pick([20, 400, 4300])))
    case 5: .array([])
    case 6: .object([:])
    case 7: .string(random.pick(texts))
    case 8: .string(String(repeating: random.pick(["x", "*/", "\u{202E}", "🧨"]), count: 3000))
    case 9: nest(random.pick([3, 40, 70]))
    case 10: .strings((0..<random.pick([1, 64, 65])).map { "**/\($0)*" })
    case 11: .hex(random.once(in: 2) ? .zero : .unheld("\(random.below(4))"))
    case 12: .object(["members": .object(["recover": .object(["handle": .string("bob")])])])
    default:
      .string(Text(random.pick(["ada", "bob", "cyd", "*", "all", "did:wire:ada", "../ada"])))
    }
  }

  private static let texts: [Text] = [
    "", "\u{0}", "\u{1B}]52;c;eA==\u{7}", "\u{202E}", "a/../../b", "/", "%s%n", "$(reboot)", "-rf",
    "9999-12-31T23:59:59.999999Z", "0000-00-00T00:00:00.000000Z", "\u{FEFF}", "e\u{301}", "\n\n",
  ]

  private static func nest(_ depth: Int) -> JSONValue {
    (0..<depth).reduce(.array([])) { inner, level in
      level.isMultiple(of: 2) ? .array([inner]) : .object(["x": inner])
    }
  }

  /// The message as its writer signs it behind the last line of a chain or of a file of beats.
  static func sign(
    _ object: JSONObject, as writer: Handle, _ signer: TestWire.Writer, in lines: [[UInt8]]
  ) -> [UInt8] {
    var object = object
    object["pk"] = .hex(signer.key.pk)
    let last = lines.reversed().lazy.compactMap { line in
      try? Envelope.read(line.span)
    }.first { $0.pk == signer.key.pk }
    switch last?.place {
    case .chain(let seq, _):
      object["seq"] = .integer(seq + 1)
      object["prev"] = last.map { .hex($0.eventID) }
    case .beat(let n): object["n"] = .integer(n + 1)
    case nil: break
    }
    return LineSignature.sign(object, as: writer, with: signer.key.signing)
  }
}
