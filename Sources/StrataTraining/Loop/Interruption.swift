internal import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A request from outside to stop, and what a command exits with after it.
public enum InterruptionSignal: Int32, Equatable, Sendable {
  case interrupt = 2  // SIGINT
  case terminate = 15  // SIGTERM

  /// The name that the system gives it.
  public var name: String {
    switch self {
    case .interrupt: "SIGINT"
    case .terminate: "SIGTERM"
    }
  }

  /// 130 after SIGINT, as shells expect; 75 (`EX_TEMPFAIL`) after SIGTERM: interrupted, but resumable.
  public var exitCode: Int32 {
    switch self {
    case .interrupt: 130
    case .terminate: 75
    }
  }
}

/// Notes SIGINT and SIGTERM instead of dying from them, so that a step can be finished and a checkpoint written.
///
/// A signal handler has no context, so what it notes must be global: one atomic number, nothing else.
public enum Interruption {
  private static let noted = Atomic<Int32>(0)

  /// Notes both signals from now on. A second one of the same kind ends the process at once.
  ///
  /// Both are unblocked for the calling thread: a process started by a thread that blocks signals, such as a worker of a
  /// service, inherits that.
  public static func noteSignals() {
    noted.store(0, ordering: .relaxed)  // also initialises the global before a handler can run
    var unblocked = sigset_t()
    sigemptyset(&unblocked)
    sigaddset(&unblocked, SIGINT)
    sigaddset(&unblocked, SIGTERM)
    pthread_sigmask(SIG_UNBLOCK, &unblocked, nil)
    for number in [InterruptionSignal.interrupt, .terminate].map(\.rawValue) {
      signal(number) { received in
        Interruption.noted.store(received, ordering: .relaxed)
        signal(received, SIG_DFL)
      }
    }
  }

  /// Lets both signals end the process again and forgets what was noted.
  public static func restoreSignals() {
    for number in [InterruptionSignal.interrupt, .terminate].map(\.rawValue) { signal(number, SIG_DFL) }
    noted.store(0, ordering: .relaxed)
  }

  /// The last signal noted, if any.
  public static var received: InterruptionSignal? { InterruptionSignal(rawValue: noted.load(ordering: .relaxed)) }
}
