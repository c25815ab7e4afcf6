import StrataTensor
import TestSupport
import Testing

@Suite struct ParallelMapTests {
  @Test(arguments: [1, 2, 3, 16]) func resultsComeInIndexOrder(threads: Int) {
    #expect(parallelMap(count: 100, threads: threads) { $0 * $0 } == (0..<100).map { $0 * $0 })
    #expect(parallelMap(count: 0, threads: threads) { $0 }.isEmpty)
  }

  @Test func everyIndexIsEvaluatedOnce() {
    let calls = Guarded([Int](repeating: 0, count: 1000))
    _ = parallelMap(count: 1000, threads: 4) { index in calls.withLock { $0[index] += 1 } }
    #expect(calls.withLock { $0.allSatisfy { $0 == 1 } })
  }

  struct Failure: Error, Equatable { let index: Int }

  @Test(arguments: [1, 4]) func theLowestFailingIndexIsThrown(threads: Int) {
    #expect(throws: Failure(index: 30)) {
      try parallelMap(count: 100, threads: threads) { index throws(Failure) -> Int in
        if index >= 30 { throw Failure(index: index) }
        return index
      }
    }
  }

  @Test func mapsNest() {
    let table = parallelMap(count: 5, threads: 4) { row in parallelMap(count: 5, threads: 4) { row * $0 } }
    #expect(table == (0..<5).map { row in (0..<5).map { row * $0 } })
  }

  @Test func aMapWithoutThreadsStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = parallelMap(count: 1, threads: 0) { $0 }
    }
    expectMessage("parallelMap: 1 items on 0 threads", from: result)
  }
}
