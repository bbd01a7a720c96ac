import CSodium
import WireFormat

/// The state of libsodium in this process: started or not, tested or not.
package enum Sodium {
  /// Picks libsodium's implementations and seeds its generator, once for the process.
  ///
  /// Thread-safe and cheap when repeated. Keys and secrets call it themselves, so a caller does so
  /// only to have the error early. Throws `libraryUnavailable`.
  package static func start() throws(IdentityError) {
    guard isStarted else { throw .libraryUnavailable }
  }

  /// 0 is a first start, 1 a repeated one.
  static let isStarted = sodium_init() >= 0

  /// Runs the known-answer test, once for the process, when the first foreign key comes.
  ///
  /// Throws `libraryUnavailable` or `selfTestFailed`.
  static func test() throws(IdentityError) {
    try start()
    guard isSound else { throw .selfTestFailed }
  }

  private static let isSound = SelfTest.holds()
}
