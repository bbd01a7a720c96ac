import Foundation
package import Protocol
package import Wire
package import WireFormat

/// One wire of `Tests/Vectors/wires` with what must be found in it.
package struct WireVector: Sendable, CustomStringConvertible {
  package struct Expectation: Decodable, Sendable {
    package struct Bad: Decodable, Sendable {
      package let file: String
      package let line: Int
      package let reason: String
    }

    package let wire: String
    package let exit: Int
    package let decisions: [String]
    package let bad: [Bad]
    // swift-format-ignore: AlwaysUseLowerCamelCase
    package let missing_decisions: [String]?
  }

  package let name: String
  package let expected: Expectation

  package var description: String { name }
  package var path: String {
    Self.root.appendingPathComponent("wires/\(name)/_coordination").path
  }

  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Vectors").resolvingSymlinksInPath()

  package static let all: [WireVector] = {
    let wires = root.appendingPathComponent("wires")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: wires.path)) ?? []
    return names.sorted().compactMap { name in
      let file = wires.appendingPathComponent("\(name)/expect.json")
      guard let data = try? Data(contentsOf: file),
        let expected = try? JSONDecoder().decode(Expectation.self, from: data)
      else { return nil }
      return WireVector(name: name, expected: expected)
    }
  }()

  package func audit(everySignature: Bool = false) throws -> Audit {
    try Audit.atPath(path, everySignature: everySignature)
  }

  /// The messages of each chain that a reader folds.
  package func facts() throws -> [[Message]] {
    try audit().reading.foldedMessages
  }

  package func state() throws -> WireState { try audit().reading.state }

  package func derivedLines() throws -> [[UInt8]] {
    let file = URL(fileURLWithPath: path).appendingPathComponent(SharedDirectory.decisionsName)
    return try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")).map { Array($0) }
  }
}

extension WireReading {
  /// The messages of each chain that this reading folded.
  package var foldedMessages: [[Message]] {
    chains.keys.sorted().map { handle in
      (chains[handle]?.facts ?? []).compactMap { try? Message($0.bytes.span, $0.envelope) }
    }
  }
}

/// A line of `Tests/Vectors/reject.json` that no reader may take.
package struct RejectedLine: Decodable, Sendable, CustomStringConvertible {
  package let name: String
  private let lineBase64: String

  private enum CodingKeys: String, CodingKey {
    case name
    case lineBase64 = "line_b64"
  }

  package var description: String { name }
  package var bytes: [UInt8] { Data(base64Encoded: lineBase64).map { Array($0) } ?? [] }

  package static let all: [RejectedLine] = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Vectors/reject.json")
    guard let data = try? Data(contentsOf: file) else { return [] }
    return (try? JSONDecoder().decode([RejectedLine].self, from: data)) ?? []
  }()
}
