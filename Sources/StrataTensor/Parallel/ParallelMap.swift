internal import Dispatch
internal import Synchronization

/// Evaluates `body` for every index below `count` on up to `threads` threads.
///
/// Which thread takes which index varies; the results do not, provided `body` depends on its index only.
///
/// - Returns: The results in index order.
/// - Throws: The error of the lowest failing index, after all indices were tried.
public func parallelMap<R: Sendable, Failure: Error>(
  count: Int, threads: Int, body: @Sendable (Int) throws(Failure) -> R
) throws(Failure) -> [R] {
  require(count >= 0 && threads > 0, "parallelMap: \(count) items on \(threads) threads")
  var results: [Result<R, Failure>] = []
  if threads == 1 || count <= 1 {
    for index in 0..<count { results.append(.success(try body(index))) }
  } else {
    results = collect(count: count, threads: min(threads, count), body)
  }
  var values: [R] = []
  values.reserveCapacity(count)
  for result in results { values.append(try result.get()) }
  return values
}

private func collect<R: Sendable, Failure: Error>(
  count: Int, threads: Int, _ body: @Sendable (Int) throws(Failure) -> R
) -> [Result<R, Failure>] {
  let collected = Guarded([Result<R, Failure>?](repeating: nil, count: count))
  let next = Atomic(0)
  DispatchQueue.concurrentPerform(iterations: threads) { _ in
    while true {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      if index >= count { return }
      let result: Result<R, Failure>
      do throws(Failure) { result = .success(try body(index)) } catch { result = .failure(error) }
      collected.withLock { $0[index] = result }
    }
  }
  return collected.withLock { $0.map { $0! } }
}
