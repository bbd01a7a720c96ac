/// Why a line is refused or does not follow; the raw value is the word that audits print.
///
/// In the order in which a line is checked. Source: PROTOCOL.md, "Order of checks".
package enum LineFault: String, Error, Sendable, CaseIterable {
  case malformed
  case notCanonical = "not_canonical"
  case wrongWire = "wrong_wire"
  case unknownKey = "unknown_key"
  case eventIDMismatch = "event_id_mismatch"
  case badSignature = "bad_signature"
  case gap
  case fork
  case kindMismatch = "kind_mismatch"
  case critUnknown = "crit_unknown"
  /// A line of a derived file that no messages derive.
  case notDerived = "not_derived"
}
