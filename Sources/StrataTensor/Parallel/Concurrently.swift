import Dispatch

/// Does two things at the same time, or one after the other.
///
/// - Parameters:
///   - threads: With one, `first` is over before `second` begins.
///   - first: Something that `second` does not touch.
///   - second: Something that `first` does not touch.
/// - Returns: What both return.
/// - Throws: What `first` throws, or else what `second` throws, when both are over.
/// - Precondition: `threads` is positive.
package func concurrently<A, B>(threads: Int, _ first: () throws -> A, _ second: () throws -> B) throws -> (A, B) {
  require(threads > 0, "concurrently: \(threads) threads")
  guard threads > 1 else { return (try first(), try second()) }
  return try withoutActuallyEscaping(first) { first in
    try withoutActuallyEscaping(second) { second in
      // Each is used by one thread only, and this function returns after both.
      nonisolated(unsafe) let (first, second) = (first, second)
      nonisolated(unsafe) var one: Result<A, any Error>?
      nonisolated(unsafe) var other: Result<B, any Error>?
      DispatchQueue.concurrentPerform(iterations: 2) { index in
        if index == 0 { one = Result(catching: first) } else { other = Result(catching: second) }
      }
      return (try one!.get(), try other!.get())
    }
  }
}
