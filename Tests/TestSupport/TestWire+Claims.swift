import Protocol
package import WireFormat

extension TestWire {
  /// Takes a claim on paths; by default its writer says that it has read nothing.
  @discardableResult
  package mutating func claim(
    _ patterns: [String], by handle: Handle, seconds: Int = 60, heads: [Handle: Int] = [:],
    re: Bytes32? = nil, at time: Timestamp? = nil, change: (inout JSONObject) -> Void = { _ in }
  ) throws -> Bytes32 {
    var read = JSONObject()
    for (member, seq) in heads { read[Text(member.name)] = .integer(seq) }
    var body: JSONObject = [
      "resource": .strings(patterns), "ttl_seconds": .integer(seconds), "reason": .string("work"),
      "heads": .object(read),
    ]
    change(&body)
    return try write(
      Draft(.claim, subject: "claim", body: .object(body), re: re), by: handle, at: time)
  }

  @discardableResult
  package mutating func release(_ claim: Bytes32?, by handle: Handle) throws -> Bytes32 {
    try write(Draft(.release, subject: "release", body: .string(""), re: claim), by: handle)
  }

  /// What an honest writer has read now: all there is.
  package var heads: [Handle: Int] { writers.mapValues(\.seq).filter { $0.value > 0 } }
}
