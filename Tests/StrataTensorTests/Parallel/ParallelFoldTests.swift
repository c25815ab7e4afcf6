import StrataTensor
import Synchronization
import TestSupport
import Testing

@Suite struct ParallelFoldTests {
  @Test(arguments: [1, 2, 3, 16]) func resultsAreCombinedInIndexOrder(threads: Int) {
    func folded(_ count: Int) -> [Int] {
      parallelFold(count: count, threads: threads, into: [-1], body: { $0 * $0 }, combine: { $0.append($1) })
    }
    #expect(folded(100) == [-1] + (0..<100).map { $0 * $0 })
    #expect(folded(0) == [-1])
  }

  /// A result that is counted while it exists.
  final class Tracked: Sendable {
    private let alive: Count
    init(_ alive: Count) {
      self.alive = alive
      alive.numbers.withLock { $0 = (now: $0.now + 1, most: max($0.most, $0.now + 1)) }
    }
    deinit { alive.numbers.withLock { $0.now -= 1 } }
  }
  final class Count: Sendable { let numbers = Guarded((now: 0, most: 0)) }

  @Test(arguments: [2, 4]) func fewResultsWaitForASlowOne(threads: Int) {
    let alive = Count(), others = Atomic(0)
    let total = parallelFold(count: 200, threads: threads, into: 0) { index in
      var patience = index == 0 ? 10_000_000 : 0
      while patience > 0, others.load(ordering: .relaxed) < 2 * threads { patience -= 1 }
      others.add(1, ordering: .relaxed)
      return Tracked(alive)
    } combine: { total, _ in
      total += 1
    }
    #expect(total == 200)
    #expect(alive.numbers.withLock { $0.most <= 2 * threads && $0.now == 0 })
  }

  struct Failure: Error, Equatable { let index: Int }

  @Test(arguments: [1, 4]) func theLowestFailingIndexIsThrown(threads: Int) {
    #expect(throws: Failure(index: 30)) {
      try parallelFold(count: 100, threads: threads, into: 0) { index throws(Failure) -> Int in
        if index >= 30 { throw Failure(index: index) }
        return index
      } combine: {
        $0 += $1
      }
    }
  }

  @Test func foldsNest() {
    let sum = parallelFold(
      count: 5, threads: 4, into: 0,
      body: { row in parallelFold(count: 5, threads: 4, into: 0, body: { row * $0 }, combine: { $0 += $1 }) },
      combine: { $0 += $1 })
    #expect(sum == 100)
  }

  @Test func aFoldWithoutThreadsStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = parallelFold(count: 1, threads: 0, into: 0, body: { $0 }, combine: { $0 += $1 })
    }
    expectMessage("parallelFold: 1 items on 0 threads", from: result)
  }
}
