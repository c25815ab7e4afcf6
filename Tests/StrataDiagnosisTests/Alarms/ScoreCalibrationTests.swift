import Foundation
import StrataDiagnosis
import StrataTensor
import TestSupport
import Testing

@Suite struct ScoreCalibrationTests {
  @Test func pValuesCountWhatReachesTheScore() throws {
    let calibration = try ScoreCalibration(scores: (1...100).map(Float.init).shuffled())
    #expect(calibration.pValue(of: 0) == 1)
    #expect(calibration.pValue(of: 1) == 1)
    expectClose(calibration.pValue(of: 1.5), 100 / 101)
    expectClose(calibration.pValue(of: 50), 52 / 101)
    expectClose(calibration.pValue(of: 98), 4 / 101)  // the tail starts here
    expectClose(calibration.pValue(of: 99.5), 4 / 101 * exp(-1))  // excesses 1 and 2, mean 1.5
  }

  /// For exchangeable scores the p-value of a new one is at most α with probability ⌊α(n+1)⌋ / (n+1), exactly. The number
  /// of such p-values in independent trials is binomial; it lies within bounds that are missed once in a million.
  @Test func pValuesAreValid() throws {
    var generator = Generator(seed: 5)
    let (trials, n) = (3000, 150)
    var pValues: [Double] = []
    for _ in 0..<trials {
      let scores = generator.normalArray([n]).elements
      pValues.append(try ScoreCalibration(scores: scores).pValue(of: generator.normal()))
    }
    for alpha in [0.04, 0.1, 0.25, 0.5, 0.9] {
      let count = pValues.count { $0 <= alpha }
      let probability = (alpha * Double(n + 1) + 1e-9).rounded(.down) / Double(n + 1)
      #expect(probability <= alpha)
      let (below, above) = binomialTails(count, of: trials, probability: probability)
      #expect(min(below, above) > 1e-6, "α \(alpha): \(count) of \(trials), expected \(probability * Double(trials))")
    }
  }

  /// The tail is an extrapolation: with the exponential tail that it assumes it holds far beyond the calibration scores.
  @Test func theTailExtrapolates() throws {
    var generator = Generator(seed: 6)
    let scores = (0..<5000).map { _ in -log(1 - generator.uniform()) }
    let calibration = try ScoreCalibration(scores: scores)
    for score in [Float(6), 9, 12] {
      let ratio = calibration.pValue(of: score) / exp(-Double(score))
      #expect((0.3...3).contains(ratio), "at \(score)")
    }
  }

  @Test func pValuesFallWithoutAJumpAndNeverReachZero() throws {
    var generator = Generator(seed: 7)
    let scores = generator.normalArray([1000]).elements
    let calibration = try ScoreCalibration(scores: scores)
    var last = 1.0
    for step in -400...4000 {
      let p = calibration.pValue(of: Float(step) / 100)
      #expect(p > 0 && p <= last)
      last = p
    }
    #expect(calibration.pValue(of: .greatestFiniteMagnitude) > 0 && calibration.pValue(of: .infinity) > 0)
    #expect(calibration.pValue(of: -.infinity) == 1 && calibration.pValue(of: .nan) == 1)
    let start = scores.sorted()[Int(999 * ScoreCalibration.tailStart)]
    let (at, after) = (calibration.pValue(of: start), calibration.pValue(of: start.nextUp))
    #expect(after < at)
    expectClose(after, at, relative: 1e-5)
  }

  @Test func equalScoresHaveNoTail() throws {
    let calibration = try ScoreCalibration(scores: [Float](repeating: 3, count: 200))
    #expect(calibration.pValue(of: 3) == 1)
    let p = calibration.pValue(of: 3.1)
    #expect(p > 0 && p < 1e-6)
  }

  @Test func aHundredFiniteScoresAreNeeded() {
    let scores = [Float](repeating: 1, count: 99) + [.nan, .infinity]
    #expect(throws: DiagnosisError("calibration needs at least 100 scores of normal time, found 99")) {
      try ScoreCalibration(scores: scores)
    }
  }

  @Test func survivesJSON() throws {
    var generator = Generator(seed: 8)
    let calibration = try ScoreCalibration(scores: generator.normalArray([200]).elements)
    #expect(try JSONDecoder().decode(ScoreCalibration.self, from: JSONEncoder().encode(calibration)) == calibration)
  }

  /// P(X ≤ count) and P(X ≥ count) of a binomial variable.
  private func binomialTails(_ count: Int, of trials: Int, probability: Double) -> (below: Double, above: Double) {
    var (below, above) = (0.0, 0.0)
    for k in 0...trials {
      let logarithm =
        lgamma(Double(trials + 1)) - lgamma(Double(k + 1)) - lgamma(Double(trials - k + 1))
        + Double(k) * log(probability) + Double(trials - k) * log1p(-probability)
      if k <= count { below += exp(logarithm) }
      if k >= count { above += exp(logarithm) }
    }
    return (below, above)
  }
}
