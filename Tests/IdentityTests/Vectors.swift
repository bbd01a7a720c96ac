import Foundation
import WireFormat

/// The files that tests judge by: the project's own vectors, and public suites beside the project.
enum Vectors {
  private static let tests = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent()

  static func load(_ name: String) throws -> JSONValue {
    try parse(tests.appending(path: "Vectors/" + name))
  }

  /// The lines of a file, their LF not included.
  static func lines(_ name: String) throws -> [[UInt8]] {
    let bytes = [UInt8](try Data(contentsOf: tests.appending(path: "Vectors/" + name)))
    return bytes.split(separator: 0x0A).map { Array($0) }
  }

  /// Nil, with a notice, where the public suites are not at hand.
  static func thirdParty(_ name: String) throws -> JSONValue? {
    let file = tests.appending(path: "../../shared/third-party/" + name).standardized
    guard FileManager.default.fileExists(atPath: file.path) else {
      print("notice: \(name) is absent; its cases are skipped")
      return nil
    }
    return try parse(file)
  }

  private static func parse(_ file: URL) throws -> JSONValue {
    try JSONParser.value([UInt8](try Data(contentsOf: file)))
  }
}

/// A vector file that has not the shape which its test expects.
struct VectorFault: Error {
  let key: String
}

extension JSONValue {
  func member(_ key: String) throws -> JSONValue {
    guard let value = members?[Text(key)] else { throw VectorFault(key: key) }
    return value
  }

  func object(_ key: String) throws -> JSONObject {
    guard let object = try member(key).members else { throw VectorFault(key: key) }
    return object
  }

  func list(_ key: String) throws -> [JSONValue] {
    guard let elements = try member(key).elements else { throw VectorFault(key: key) }
    return elements
  }

  func string(_ key: String) throws -> String {
    guard let text = try member(key).text else { throw VectorFault(key: key) }
    return text.string
  }

  func hex(_ key: String) throws -> [UInt8] {
    try bytes(ofHex: string(key))
  }

  func bytes32(_ key: String) throws -> Bytes32 {
    guard let bytes = Bytes32(try hex(key)) else { throw VectorFault(key: key) }
    return bytes
  }

  func handle(_ key: String) throws -> Handle { try Handle(string(key)) }
}

func bytes(ofHex hex: String) throws -> [UInt8] {
  guard let bytes = Hex.bytes(hex.utf8) else { throw VectorFault(key: hex) }
  return bytes
}

func bytes32(_ hex: String) throws -> Bytes32 {
  guard let bytes = Bytes32(hex: hex) else { throw VectorFault(key: hex) }
  return bytes
}

func timestamp(_ text: String) throws -> Timestamp {
  guard let time = Timestamp(Text(text)) else { throw VectorFault(key: text) }
  return time
}
