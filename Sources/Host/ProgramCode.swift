import CHost

/// The program's own code in memory.
package enum ProgramCode {
  /// Lets go of it until it is used again, for who is about to sleep for long.
  ///
  /// The pages then count as this process's no more, and the system takes them first where memory is
  /// short. Those that are still there when it wakes are mapped again without reading the file.
  package static func release() {
    // Nothing is lost where the system will not have it.
    _ = chost_release_code()
  }
}
