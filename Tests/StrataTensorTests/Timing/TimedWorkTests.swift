import CStrataKernels
import StrataTensor
import Testing

@Suite struct TimedWorkTests {
  private struct Stop: Error {}

  @Test func worksTakeTurnsAndAnotherOneBeginsEachRound() throws {
    var order = ""
    let works = ["a", "b", "c"].map { name in
      TimedWork(name, threads: 2, amount: 10, unit: "B") { order += name }
    }
    let timings = try TimedWork.measure(works, for: .zero, turn: .zero)
    #expect(order == "aabbcc" + "abc" + "bca" + "cab")
    #expect(timings.map(\.name) == ["a", "b", "c"])
    for timing in timings {
      #expect(timing.rounds == 3 && timing.threads == 2 && timing.amount == 10 && timing.unit == "B")
      #expect(timing.p10 > 0 && timing.p10 <= timing.median && timing.median <= timing.p90)
      #expect(timing.rate == 10 / timing.median)
    }
  }

  @Test func whatIsThrownEndsTheMeasurement() {
    var calls = 0
    let work = TimedWork("work", amount: 1, unit: "call") { calls += 1 }
    #expect(throws: Stop.self) {
      try TimedWork.measure([work], for: .seconds(3600), turn: .zero) { if calls >= 5 { throw Stop() } }
    }
    #expect(calls == 5)
    let failing = TimedWork("failing", amount: 1, unit: "call") { throw Stop() }
    #expect(throws: Stop.self) { try TimedWork.measure([failing], for: .zero) }
  }

  @Test func everyLimitIsMeasured() throws {
    let limits = try ProcessorLimits.measure(threads: 2, duration: .zero)
    let names = ProcessorLimits.works(threads: 2).map(\.name)
    #expect(limits.timings.map(\.name) == names && Set(names).count == names.count)
    #expect(limits.timings.allSatisfy { $0.rate > 0 && $0.rate.isFinite })
    for threads in 1...2 { #expect(limits.multiplyAdds(threads: threads)! > 0) }
    #expect(limits.multiplyAdds(threads: 3) == nil)
    #expect(ProcessorLimits.works(threads: 1).allSatisfy { $0.threads == 1 })
  }

  /// Every sum goes towards two, and there is one for every two operations of a round.
  @Test(arguments: (0..<sk_variant_count()).map { Int($0) }) func theLoopOfTheLimitDoesWhatItCounts(variant: Int) {
    let limit = sk_variant(variant).pointee.limit_float
    #expect(limit.operations > 0 && limit.run!(100) == Float(limit.operations))
  }
}
