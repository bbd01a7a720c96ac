import Foundation

/// CPython's `json` under our strict rules, asked once about many documents.
enum CPython {
  /// The first `python3` on the path.
  static let executable: URL? = {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    for folder in path.split(separator: ":") {
      let file = URL(filePath: String(folder)).appending(path: "python3")
      if FileManager.default.isExecutableFile(atPath: file.path) { return file }
    }
    print("notice: python3 is not on the path; the comparison with CPython is skipped")
    return nil
  }()

  struct Failure: Error {
    let status: Int32
    let message: String
  }

  /// A running question: documents go in as base64 lines, canonical bytes or `-` come out.
  struct Inquiry: ~Copyable {
    private let process = Process()
    private let folder: URL
    private let count: Int

    init(_ executable: URL, about documents: [[UInt8]]) throws {
      folder = FileManager.default.temporaryDirectory
        .appending(path: "deaddrop-json-\(UUID().uuidString)")
      count = documents.count
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
      var input = Data()
      for document in documents {
        input.append(Data(document).base64EncodedData())
        input.append(0x0A)
      }
      for (name, data) in [("in", input), ("out", Data()), ("err", Data())] {
        try data.write(to: folder.appending(path: name))
      }
      process.executableURL = executable
      process.arguments = ["-I", "-S", "-c", CPython.program]
      process.standardInput = try FileHandle(forReadingFrom: folder.appending(path: "in"))
      process.standardOutput = try FileHandle(forWritingTo: folder.appending(path: "out"))
      process.standardError = try FileHandle(forWritingTo: folder.appending(path: "err"))
      try process.run()
    }

    /// What CPython writes for each document; nil where it refuses.
    func answers() throws -> [[UInt8]?] {
      process.waitUntilExit()
      let output = try Data(contentsOf: folder.appending(path: "out"))
      let errors = try Data(contentsOf: folder.appending(path: "err"))
      let lines = output.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
      guard process.terminationStatus == 0, lines.count == count else {
        let message = String(decoding: errors, as: UTF8.self)
        throw Failure(status: process.terminationStatus, message: message)
      }
      return lines.map { $0.elementsEqual([UInt8(ascii: "-")]) ? nil : Array($0) }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }
  }

  private static let program = #"""
    import base64, json, math, sys

    class Refused(Exception): pass

    def refuse(*_): raise Refused

    def pairs(found):
        made = dict(found)
        if len(made) != len(found): refuse()
        return made

    def real(text):
        value = float(text)
        if math.isinf(value): refuse()
        return value

    def integer(text):
        if len(text.lstrip("-")) > 4300: refuse()
        return int(text)

    def depth(value):
        if type(value) is dict: value = value.values()
        elif type(value) is not list: return 0
        return 1 + max(map(depth, value), default=0)

    def judge(line):
        if len(line) > 262144: refuse()
        value = decode(line.decode("utf-8"))
        if type(value) is not dict or depth(value) > 64: refuse()
        return encode(value).encode("utf-8")

    def decode(text):
        if text.startswith("\ufeff"): refuse()
        return decoder.decode(text)

    if hasattr(sys, "set_int_max_str_digits"): sys.set_int_max_str_digits(0)
    decoder = json.JSONDecoder(
        object_pairs_hook=pairs, parse_float=real, parse_int=integer, parse_constant=refuse)
    encode = json.JSONEncoder(
        sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode
    for line in sys.stdin.buffer:
        try: answer = judge(base64.b64decode(line))
        except (Refused, ValueError, RecursionError): answer = b"-"
        sys.stdout.buffer.write(answer + b"\n")
    """#
}
