/// Spells command lines so that a POSIX shell reads the same words again.
package enum ShellWord {
  /// The words with spaces between them, each quoted where it must be.
  package static func line(_ words: [String]) -> String {
    words.map(quoted).joined(separator: " ")
  }

  /// The hint that calls deaddrop with these words.
  package static func deaddrop(_ words: String...) -> String {
    line(["deaddrop"] + words)
  }

  /// The word itself if it is plain, else in single quotes.
  package static func quoted(_ word: String) -> String {
    let plain = Array("_-./:,=@%+".utf8)
    func isPlain(_ byte: UInt8) -> Bool {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || plain.contains(byte)
    }
    if !word.isEmpty, word.utf8.allSatisfy(isPlain) { return word }
    let parts = word.split(separator: "'", omittingEmptySubsequences: false)
    return "'" + parts.joined(separator: #"'\''"#) + "'"
  }
}
