#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// One thread's work, handed over through pthread_create(3).
final class Worker: Sendable {
  private let work: @Sendable () -> Void

  init(_ work: @escaping @Sendable () -> Void) {
    #if FAULTS
      // A raw thread has no task of its own to inherit the plan from.
      let plan = Faults.plan
      self.work = { Faults.$plan.withValue(plan, operation: work) }
    #else
      self.work = work
    #endif
  }

  /// Nil when the system gives no thread: then the others do its share.
  func start() -> pthread_t? {
    var thread = pthread_t()
    let me = unsafe Unmanaged.passRetained(self)
    // SAFETY: the retained reference is taken over by the thread, or released here.
    let code = unsafe pthread_create(
      &thread, nil,
      { raw in
        guard let raw = unsafe raw else { return nil }
        unsafe Unmanaged<Worker>.fromOpaque(raw).takeRetainedValue().work()
        return nil
      }, me.toOpaque())
    guard code == 0 else {
      unsafe me.release()
      return nil
    }
    return thread
  }
}
