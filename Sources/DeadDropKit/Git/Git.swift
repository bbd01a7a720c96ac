import Host
import WireFormat

/// The git of this machine, asked for raw facts only: no text for people, no filters, no helpers.
///
/// Variables that say which repository and which index are handed on, since inside a hook they are
/// what will be committed. Those that could make git run another program or show another object in
/// the place of one are taken away.
enum Git {
  private static let settings = [
    "core.quotePath=false", "core.fsmonitor=false", "diff.relative=false",
    "diff.ignoreSubmodules=none", "core.pager=cat",
  ]
  private static let variables: [String: String?] = [
    "GIT_EXTERNAL_DIFF": nil, "GIT_DIFF_OPTS": nil, "GIT_TRACE": nil,
    "GIT_TRACE2": nil, "GIT_TRACE2_EVENT": nil, "GIT_REPLACE_REF_BASE": nil,
    "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1",
    "GIT_LITERAL_PATHSPECS": "1", "LC_ALL": "C",
  ]

  /// The output of a git that ended with 0; nil for another code where that is an answer.
  static func ask(
    _ words: [String], input: [UInt8] = [], mayFail: Bool = false
  ) throws(KitError) -> [UInt8]? {
    var program = ChildProgram(
      ["git", "--no-replace-objects"] + settings.flatMap { ["-c", $0] } + words)
    program.environment = variables
    program.input = input
    let outcome: ChildProgram.Outcome
    do { outcome = try program.run() } catch {
      if error.isNotFound { throw .git("there is no git in PATH") }
      throw .host(error)
    }
    if outcome.code == 0 { return outcome.output }
    if mayFail { return nil }
    let words = String(decoding: outcome.errors, as: UTF8.self).split(separator: "\n").first
    throw .git("git \(words.map(String.init) ?? "was ended by a signal")")
  }

  /// The same as one line of text.
  static func line(_ words: [String], mayFail: Bool = false) throws(KitError) -> String? {
    guard let bytes = try ask(words, mayFail: mayFail) else { return nil }
    return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }

  /// The bytes that were stored, whatever filters and attributes say.
  static func blob(_ id: String) throws(KitError) -> [UInt8] {
    try ask(["cat-file", "blob", id]) ?? []
  }
}
