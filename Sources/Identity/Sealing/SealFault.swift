/// Why a sealed body stays closed, in the order in which it is looked at.
///
/// The raw value is the word of PROTOCOL.md, "Opening".
package enum SealFault: String, Error, Sendable, CaseIterable {
  /// `enc` has not the shape that its algorithm gives it.
  case malformed
  case unknownAlgorithm = "unknown_algorithm"
  case notForThisAgent = "not_for_this_agent"
  /// The box is for a sealing key that is not here.
  case otherKey = "other_key"
  /// The own key cannot be used here and now.
  case unavailable
  case badBox = "bad_box"
  /// The key in the box is not the one that the message is sealed with.
  case badCommitment = "bad_commitment"
  case badCiphertext = "bad_ciphertext"
  /// What was sealed is no padded canonical {"body": …} of the size that a body may have.
  case badContent = "bad_content"
}

extension SealFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .malformed: "its seal has not the shape that the protocol gives"
    case .unknownAlgorithm: "by an algorithm that this version does not know"
    case .notForThisAgent: "not for this agent"
    case .otherKey: "for a key of this agent that is not here"
    case .unavailable: "this agent's sealing key cannot be used"
    case .badBox: "the box for this agent does not open"
    case .badCommitment: "the box for this agent holds another key: others may read another text"
    case .badCiphertext: "the text was altered, or belongs to another message"
    case .badContent: "what was sealed is no body"
    }
  }
}
