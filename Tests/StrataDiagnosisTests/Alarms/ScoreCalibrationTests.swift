import Foundation
import StrataDiagnosis
import StrataTensor
import TestSupport
import Testing

@Suite struct ScoreCalibrationTests {
  private func calibration(_ scores: [Float], gap: Int = 0) -> ScoreCalibration {
    ScoreCalibration([[scores]], gap: gap)
  }

  @Test func pValuesAreTheShareThatScoresAsHigh() {
    let calibration = calibration((0..<10_000).map { Float($0) }.shuffled())
    #expect(calibration.logarithmOfPValue(of: -1) == 0 && calibration.logarithmOfPValue(of: .nan) == 0)
    for (score, share) in [(Float(1000), 0.9), (5000, 0.5), (9000, 0.1), (9700, 0.03)] {
      expectClose(exp(calibration.logarithmOfPValue(of: score)), share, relative: 2e-3)
    }
    #expect(calibration.tailThreshold == 9799 && calibration.sampleCount == 10_000)
  }

  /// With the exponential tail that it assumes the tail holds far beyond the calibration scores.
  @Test func theTailExtrapolates() {
    var generator = Generator(seed: 6)
    let calibration = calibration((0..<20_000).map { _ in -log(1 - generator.uniform()) })
    for score in [Float(6), 9, 12] {
      let ratio = exp(calibration.logarithmOfPValue(of: score) + Double(score))
      #expect((0.3...3).contains(ratio), "at \(score)")
    }
  }

  @Test func pValuesFallWithoutAJump() {
    var generator = Generator(seed: 7)
    let calibration = calibration(generator.normalArray([1000]).elements)
    var last = 0.0
    for step in -400...4000 {
      let p = calibration.logarithmOfPValue(of: Float(step) / 100)
      #expect(p <= last && p > last - 0.2)
      last = p
    }
    #expect(calibration.logarithmOfPValue(of: .greatestFiniteMagnitude).isFinite)
  }

  /// A burst of exceedances, of whichever entities, is one cluster; quiet samples beyond the gap part two.
  @Test(arguments: [(0, 8), (3, 4), (100, 1)])
  func burstsAreClusters(gap: Int, clusters: Int) {
    // Four bursts of two peaks two samples apart; the second peak is of the other entity.
    var (a, b) = ([Float](repeating: 0, count: 1000), [Float](repeating: 0, count: 1000))
    for start in stride(from: 100, to: 500, by: 100) { (a[start], b[start + 2]) = (9, 9) }
    let calibration = ScoreCalibration([[a, b]], gap: gap)
    #expect(calibration.extremalIndex == Double(clusters) / 8)
    #expect(calibration.tailShare == 9.0 / 2001)
  }

  /// Fresh scores of the same kind raise about as many alarms as the rate says, where samples are independent and where
  /// they come in bursts, also beyond the highest calibration score.
  @Test(arguments: [1, 12], [1e-3, 2e-5])
  func theRateIsKept(burst: Int, rate: Double) {
    var generator = Generator(seed: 3)
    func scores(_ count: Int) -> [Float] {
      let steps = (0..<count / burst + 2).map { _ in Float(-log(1 - generator.uniformDouble())) }
      return (0..<count).map { steps[$0 / burst] + 1e-3 * generator.uniform() }
    }
    let calibration = calibration(scores(40_000), gap: burst)
    let threshold = calibration.score(reachedAtRate: rate)
    let fresh = scores(2_000_000)
    var (alarms, last) = (0, -burst - 2)
    for (sample, score) in fresh.enumerated() where score > threshold {
      if sample - last > burst + 1 { alarms += 1 }
      last = sample
    }
    let ratio = Double(alarms) / (rate * Double(fresh.count))
    #expect((0.5...2).contains(ratio), "\(alarms) alarms, \(rate * Double(fresh.count)) expected")
  }

  /// Many entities, of which some one always has a high score, are not one cluster that lasts for hours.
  @Test func theRateIsKeptForManyEntities() {
    let rate = 1e-5
    var (alarms, expected) = (0, 0.0)
    for seed in UInt64(1)...6 {
      var generator = Generator(seed: seed)
      func scores(_ count: Int) -> [[Float]] {
        (0..<100).map { _ in (0..<count).map { _ in -log(1 - generator.uniform()) } }
      }
      let threshold = ScoreCalibration([scores(2000)], gap: 10).score(reachedAtRate: rate)
      let fresh = scores(5000)
      var last = -12
      for sample in 0..<5000 where fresh.contains(where: { $0[sample] > threshold }) {
        if sample - last > 11 { alarms += 1 }
        last = sample
      }
      expected += rate * 500_000
    }
    #expect((0.4...2.5).contains(Double(alarms) / expected), "\(alarms) alarms, \(expected) expected")
  }

  /// Where nearly all of clean time has the same score, that score is nothing unusual.
  @Test func equalScoresCountAsAsHigh() {
    let calibration = calibration([Float](repeating: 0, count: 990) + (1...10).map { Float($0) })
    #expect(calibration.logarithmOfPValue(of: 0) == 0)
    expectClose(exp(calibration.logarithmOfPValue(of: 0.01)), 11.0 / 1001, relative: 0.05)
  }

  @Test func scoresCountFalseAlarmsPerSampleOfANode() {
    var generator = Generator(seed: 8)
    let calibration = calibration((0..<20_000).map { _ in -log(1 - generator.uniform()) })
    for rate in [1e-3, 1e-5, 1e-9] {
      let value = calibration.score(reachedAtRate: rate / 8)
      expectClose(Double(calibration.score(of: value, budgetShare: 1 / 8.0)), -log10(rate), relative: 1e-3)
    }
  }

  @Test func equalScoresHaveATail() {
    let calibration = calibration([Float](repeating: 3, count: 200))
    #expect(calibration.logarithmOfPValue(of: 2.9) == 0)
    #expect(calibration.logarithmOfPValue(of: 5) < calibration.logarithmOfPValue(of: 4))
  }

  @Test func survivesJSON() throws {
    var generator = Generator(seed: 8)
    let calibration = calibration(generator.normalArray([200]).elements)
    #expect(try JSONDecoder().decode(ScoreCalibration.self, from: JSONEncoder().encode(calibration)) == calibration)
  }
}
