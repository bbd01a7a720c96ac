import Identity
package import WireFormat

/// What can befall the files of a wire, or be done to them; indices count a log's lines from 0.
extension TestWire {
  package mutating func dropLine(_ index: Int, of handle: Handle) {
    logs[handle]?.remove(at: index)
  }

  package mutating func append(_ line: [UInt8], to handle: Handle) {
    logs[handle, default: []].append(line)
  }

  package mutating func swapLines(_ one: Int, _ other: Int, of handle: Handle) {
    logs[handle]?.swapAt(one, other)
  }

  package mutating func insert(_ line: [UInt8], at index: Int, of handle: Handle) {
    logs[handle]?.insert(line, at: index)
  }

  /// Says the lines of the range again, at the end of the file or before a line.
  package mutating func repeatLines(
    _ range: Range<Int>, of handle: Handle, at index: Int? = nil
  ) {
    let lines = Array((logs[handle] ?? [])[range])
    let end = logs[handle]?.count ?? 0
    logs[handle]?.insert(contentsOf: lines, at: index ?? end)
  }

  package mutating func alterByte(_ offset: Int, ofLine index: Int, of handle: Handle) {
    logs[handle]?[index][offset] ^= 1
  }

  /// Rewrites a line in canonical form, its id and signature left as they were.
  package mutating func rewrite(
    _ index: Int, of handle: Handle, _ change: (inout JSONObject) -> Void
  ) throws {
    guard let line = logs[handle]?[index] else { return }
    var object = try JSONParser.object(line)
    change(&object)
    logs[handle]?[index] = CanonicalWriter.bytes(of: object)
  }

  /// Puts bytes in the place of a signature that are none.
  package mutating func spoilSignature(_ index: Int, of handle: Handle) throws {
    let signature = Base64.encode([UInt8](repeating: 7, count: 64))
    try rewrite(index, of: handle) { $0["signature"] = .string(signature) }
  }

  package mutating func spoilKeyID(_ index: Int, of handle: Handle) throws {
    try rewrite(index, of: handle) { $0["public_key_id"] = .string("\(handle):00000000") }
  }

  /// Another line that the same author signs, made from one of a log.
  package func variant(
    of index: Int, of handle: Handle, key: TestKey? = nil,
    _ change: (inout JSONObject) -> Void = { $0["subject"] = .string("a second history") }
  ) throws -> [UInt8] {
    guard let line = logs[handle]?[index], let writer = writers[handle] else {
      throw TestWireError.noWriter(handle)
    }
    var object = try JSONParser.object(line)
    let key = key ?? writer.key
    object["pk"] = .string(key.pk.hex)
    change(&object)
    return LineSignature.sign(object, as: handle, with: key.signing)
  }
}
