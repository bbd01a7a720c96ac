/// One verb: what it is called, what it takes, and what it does.
///
/// A conforming enum has a file of its own and a place in `CommandList`. Its `spec` is built only
/// when the verb runs or help is asked for, so that a start costs nothing for the other verbs.
package protocol Command: SendableMetatype {
  /// One word, a noun and a verb such as `trust list`, or these and a step: `trust sas show`.
  static var name: String { get }
  static var spec: CommandSpec { get }
  /// Does the work and says what there is to say; never prints and never exits.
  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report
}

extension Command {
  /// The words of the name: one, two, or three.
  static var words: [Substring] { name.split(separator: " ") }
}

/// A noun whose verbs are commands of two words.
package struct Noun: Sendable {
  package let name: String
  /// Imperative, without a period.
  let summary: String
}
