internal import Dispatch
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Two threads that hand a turn to each other. A class, because both see the same turn.
final class HandOff: Sendable {
  private let queue = DispatchQueue(label: "strata.hand-off")
  private let turn = Atomic(0)
  private let ping = DispatchSemaphore(value: 0), pong = DispatchSemaphore(value: 0)

  /// Hands the turn over and takes it back `count` times; who waits looks again and again.
  func spin(_ count: Int) {
    turn.store(0, ordering: .relaxed)
    queue.async { for _ in 0..<count { self.take(1, giving: 0) } }
    for _ in 0..<count {
      turn.store(1, ordering: .releasing)
      wait(for: 0)
    }
    // The partner is done with its last turn when its block is.
    queue.sync {}
  }

  private func take(_ own: Int, giving other: Int) {
    wait(for: own)
    turn.store(other, ordering: .releasing)
  }

  /// Leaves the processor to others after some time: the partner may need it.
  private func wait(for own: Int) {
    var looks = 0
    while turn.load(ordering: .acquiring) != own {
      looks += 1
      if looks % 4096 == 0 { sched_yield() }
    }
  }

  /// The same; who waits sleeps until it is woken.
  func sleep(_ count: Int) {
    queue.async {
      for _ in 0..<count {
        self.ping.wait()
        self.pong.signal()
      }
    }
    for _ in 0..<count {
      ping.signal()
      pong.wait()
    }
  }
}
