/// The groups of this machine, as group(5) lists them in a file.
///
/// The system's own look-up would load libraries into a static program: a group that only a
/// directory service knows is given by its number.
package enum AccountGroup {
  private static let fileLimit = 1 << 22

  /// The number of a group by its name, or of a number itself; nil where there is none.
  package static func number(of name: String) throws(HostError) -> UInt32? {
    if let number = UInt32(name) { return number }
    let directory = try Directory.open("/etc", followLast: true)
    let table = try directory.readFile("group", limit: fileLimit, policy: .anyOwner)
    return number(of: name, in: table ?? [])
  }

  /// The number of a group in lines of `name:password:number:members`.
  package static func number(of name: String, in table: [UInt8]) -> UInt32? {
    for line in table.split(separator: UInt8(ascii: "\n")) {
      let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      guard fields.count == 4, fields[0].elementsEqual(name.utf8) else { continue }
      return UInt32(String(decoding: fields[2], as: UTF8.self))
    }
    return nil
  }
}
