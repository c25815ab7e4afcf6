import Foundation
import StrataTraining
import TestSupport
import Testing

@Suite struct ScheduleTests {
  private func expectRates(_ schedule: Schedule, of count: Int, toMatch golden: String) throws {
    let expected = try Goldens("schedules", in: .module).numbers("rates", of: golden)
    expectClose(expected.indices.map { schedule.factor(at: $0, of: count) }, expected, relative: 1e-12)
  }

  @Test func warmUpAndCosineFollowTheReference() throws {
    try expectRates(.cosine(warmup: 5, start: 0.1, floor: 0.05), of: 40, toMatch: "cosine")
  }

  @Test func oneCycleFollowsTheReference() throws {
    try expectRates(.oneCycle(rise: 0.3, startDivisor: 25, endDivisor: 1e4), of: 50, toMatch: "one-cycle")
  }

  @Test func stepsFollowTheReference() throws {
    try expectRates(.step(every: 7, factor: 0.5), of: 40, toMatch: "step")
  }

  @Test func constantIsOne() {
    #expect([0, 3, 99].allSatisfy { Schedule.constant.factor(at: $0, of: 10) == 1 })
  }

  @Test(arguments: [
    Schedule.cosine(warmup: 2, start: 0, floor: 0.25), .oneCycle(rise: 0.3, startDivisor: 2, endDivisor: 2),
  ])
  func theLastFactorStays(schedule: Schedule) {
    #expect(schedule.factor(at: 10, of: 10) == 0.25)
    #expect(schedule.factor(at: 500, of: 10) == schedule.factor(at: 10, of: 10))
  }

  @Test(arguments: [1, 2, 3])
  func shortTrainingsHaveFiniteFactors(count: Int) {
    let schedules = [
      Schedule.cosine(warmup: 5, start: 0, floor: 0), .oneCycle(rise: 0.3, startDivisor: 25, endDivisor: 9),
    ]
    for schedule in schedules {
      for step in 0...count { #expect((0...1).contains(schedule.factor(at: step, of: count))) }
    }
  }
}
