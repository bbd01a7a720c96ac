/// What this program calls itself.
package enum Version {
  /// Semantic version of the program.
  package static let program = "0.1.0"
  /// The version of PROTOCOL.md that it writes.
  package static let wire = "3.2"
}
