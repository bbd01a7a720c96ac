import Foundation
import WireFormat

/// Where the test data stands, found from the place of this file.
enum TestData {
  private static let tests = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent()

  static let vectors = tests.appending(path: "Vectors")

  /// Outside the repository, and not always there.
  static let thirdParty = tests.deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "shared/third-party")

  /// The vectors of one file; a test run without them is broken, so this traps.
  static func load<Content: Decodable>(_ name: String, as type: Content.Type = Content.self)
    -> Content
  {
    do {
      let data = try Data(contentsOf: vectors.appending(path: name))
      return try JSONDecoder().decode(type, from: data)
    } catch {
      fatalError("Tests/Vectors/\(name): \(error)")
    }
  }
}

extension TestData {
  /// The line of a stored wire's `wire.json`, without its LF.
  static func genesis(of wire: String) throws -> [UInt8] {
    let file = vectors.appending(path: "wires/\(wire)/_coordination/wire.json")
    return Array(try Data(contentsOf: file).dropLast())
  }
}

/// One log of a stored wire, split at LF; bytes after the last LF are no line.
struct StoredLog: CustomStringConvertible, Sendable {
  let wire: String
  let file: String
  let lines: [[UInt8]]

  var description: String { "\(wire)/\(file)" }

  static let all: [StoredLog] = {
    let wires = TestData.vectors.appending(path: "wires")
    let files = FileManager.default
    var logs: [StoredLog] = []
    for wire in (try? files.contentsOfDirectory(atPath: wires.path).sorted()) ?? [] {
      let folder = wires.appending(path: wire).appending(path: "_coordination")
      for file in (try? files.contentsOfDirectory(atPath: folder.path).sorted()) ?? []
      where file.contains("_to_") && file.hasSuffix(".jsonl") {
        guard let data = try? Data(contentsOf: folder.appending(path: file)) else { continue }
        let lines = data.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
        logs.append(StoredLog(wire: wire, file: file, lines: lines.map { Array($0) }))
      }
    }
    guard !logs.isEmpty else { fatalError("Tests/Vectors/wires: no logs") }
    return logs
  }()

  /// A line of the wire `good`, at its place in that wire.
  struct Line: CustomStringConvertible, Sendable {
    let file: String
    let number: Int
    let bytes: [UInt8]

    var description: String { "\(file):\(number)" }

    func object() throws -> JSONObject { try JSONParser.object(bytes) }
  }

  static let goodLines: [Line] = all.filter { $0.wire == "good" }.flatMap { log in
    log.lines.enumerated().map { Line(file: log.file, number: $0 + 1, bytes: $1) }
  }
}

/// Bytes as text for a failure message.
func shown(_ bytes: some Sequence<UInt8>) -> String {
  let bytes = Array(bytes)
  return bytes.count <= 400
    ? String(decoding: bytes, as: UTF8.self) + " = base64 " + Data(bytes).base64EncodedString()
    : "base64 " + Data(bytes).base64EncodedString()
}

func isCanonical(_ bytes: [UInt8]) -> Bool { CanonicalScan.fields(of: bytes.span) != nil }

/// The reason for which the parser refuses the bytes; nil when it takes them.
func refusal(_ bytes: [UInt8]) -> Malformation? {
  do throws(Malformation) {
    _ = try JSONParser.object(bytes)
    return nil
  } catch {
    return error
  }
}
