internal import Dispatch

/// Evaluates `body` for every index below `count` on up to `threads` threads and combines the results in index order.
///
/// Which thread takes which index varies; the total does not, provided `body` depends on its index only. A result waits
/// for its turn, and a thread that would run ahead waits too: at most `2 · threads` results exist at any time, whatever
/// `count` is.
///
/// - Parameters:
///   - count: How many items there are.
///   - threads: How many threads work; the result does not depend on it.
///   - total: What the results are combined into.
///   - body: Makes the result of one item.
///   - combine: Takes one result at a time, lowest index first.
/// - Throws: The error of the lowest failing index.
public func parallelFold<Total: Sendable, R: Sendable, Failure: Error>(
  count: Int, threads: Int, into total: Total, body: @Sendable (Int) throws(Failure) -> R,
  combine: @Sendable (inout Total, R) -> Void
) throws(Failure) -> Total {
  require(count >= 0 && threads > 0, "parallelFold: \(count) items on \(threads) threads")
  var total = total
  if threads == 1 || count <= 1 {
    for index in 0..<count { combine(&total, try body(index)) }
    return total
  }
  return try fold(count: count, threads: min(threads, count), total, body, combine)
}

private func fold<Total: Sendable, R: Sendable, Failure: Error>(
  count: Int, threads: Int, _ total: Total, _ body: @Sendable (Int) throws(Failure) -> R,
  _ combine: @Sendable (inout Total, R) -> Void
) throws(Failure) -> Total {
  let state = Guarded(FoldState<Total, R, Failure>(total: total))
  // Whoever holds the lowest index never waits, so a permit always comes back.
  let permits = DispatchSemaphore(value: 2 * threads)
  DispatchQueue.concurrentPerform(iterations: threads) { _ in
    while true {
      permits.wait()
      guard let index = state.withLock({ $0.takeIndex(below: count) }) else {
        permits.signal()
        return
      }
      let result: Result<R, Failure>
      do throws(Failure) { result = .success(try body(index)) } catch { result = .failure(error) }
      let folded = state.withLock { $0.add(result, at: index, combine) }
      for _ in 0..<folded { permits.signal() }
    }
  }
  let (total, failure) = state.withLock { ($0.total, $0.failure) }
  if let failure { throw failure }
  return total
}

/// What is combined so far, and the results whose turn has not come.
private struct FoldState<Total: Sendable, R: Sendable, Failure: Error>: Sendable {
  private(set) var total: Total
  private(set) var failure: Failure?
  private var taken = 0, folded = 0
  private var waiting: [Int: Result<R, Failure>] = [:]

  init(total: Total) { self.total = total }

  /// The next index to evaluate; `nil` at the end and after a failure.
  mutating func takeIndex(below count: Int) -> Int? {
    guard taken < count, failure == nil else { return nil }
    defer { taken += 1 }
    return taken
  }

  /// Combines all results whose turn has come, and says how many they were.
  mutating func add(_ result: Result<R, Failure>, at index: Int, _ combine: (inout Total, R) -> Void) -> Int {
    waiting[index] = result
    let first = folded
    while let next = waiting.removeValue(forKey: folded) {
      folded += 1
      guard failure == nil else { continue }
      switch next {
      case .success(let value): combine(&total, value)
      case .failure(let error): failure = error
      }
    }
    return folded - first
  }
}
