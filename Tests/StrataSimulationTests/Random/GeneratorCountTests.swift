import StrataSimulation
import StrataTensor
import Testing

@Suite struct GeneratorCountTests {
  private func moments(_ count: Int, _ draw: () -> Double) -> (mean: Double, variance: Double) {
    let x = (0..<count).map { _ in draw() }
    let mean = x.reduce(0, +) / Double(count)
    return (mean, x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1))
  }

  @Test(arguments: [0.4, 1, 7.5, 300]) func gammaHasItsMoments(shape: Double) {
    var generator = Generator(seed: 1)
    let (mean, variance) = moments(40_000) { generator.gamma(shape: shape) }
    #expect((mean / shape - 1).magnitude < 0.03)
    #expect((variance / shape - 1).magnitude < 0.06)
  }

  @Test(arguments: [0.3, 4, 29, 31, 5000]) func poissonHasItsMoments(rate: Double) {
    var generator = Generator(seed: 2)
    let (mean, variance) = moments(40_000) { generator.poisson(mean: rate) }
    #expect((mean / rate - 1).magnitude < 0.02)
    #expect((variance / rate - 1).magnitude < 0.04)
    #expect(generator.poisson(mean: 0) == 0)
  }

  @Test(arguments: [(10, 0.3), (2000, 0.01), (2000, 0.995), (1e6, 0.2)])
  func binomialHasItsMoments(count: Double, probability: Double) {
    var generator = Generator(seed: 3)
    let (mean, variance) = moments(40_000) { generator.binomial(count: count, probability: probability) }
    #expect((mean / (count * probability) - 1).magnitude < 0.01)
    #expect((variance / (count * probability * (1 - probability)) - 1).magnitude < 0.05)
  }

  @Test func sharesSumToOneAndCountsToTheirTotal() {
    var generator = Generator(seed: 4)
    for _ in 0..<50 {
      let shares = generator.dirichlet([300, 1, 0.5, 20])
      #expect((shares.reduce(0, +) - 1).magnitude < 1e-12)
      let counts = generator.multinomial(count: 12_345, shares: shares)
      #expect(counts.reduce(0, +) == 12_345)
      #expect(counts.allSatisfy { $0 >= 0 })
    }
  }

  @Test func dirichletVarianceIsThatOfItsConcentration() {
    var generator = Generator(seed: 5)
    let (mean, variance) = moments(20_000) { generator.dirichlet([8, 24])[0] }
    #expect((mean - 0.25).magnitude < 0.003)
    #expect((variance / (0.25 * 0.75 / 33) - 1).magnitude < 0.05)
  }

  @Test func unitMeanLogNormalHasItsMeanAndVariation() {
    var generator = Generator(seed: 6)
    let (mean, variance) = moments(60_000) { generator.unitMeanLogNormal(variation: 0.3) }
    #expect((mean - 1).magnitude < 0.01)
    #expect((variance.squareRoot() - 0.3).magnitude < 0.01)
  }

  @Test func streamsDependOnPurposeAndBothIndicesOnly() {
    let streams = RandomStreams(seed: 9)
    func first(_ purpose: RandomStreams.Purpose, _ a: Int, _ b: Int) -> UInt64 {
      var generator = streams.generator(for: purpose, a, b)
      return generator.next()
    }
    #expect(first(.noise, 3, 4) == first(.noise, 3, 4))
    let distinct: Set = [first(.noise, 3, 4), first(.noise, 4, 3), first(.scrape, 3, 4), first(.noise, -1, 4)]
    #expect(distinct.count == 4)
    var other = RandomStreams(seed: 10).generator(for: .noise, 3, 4)
    #expect(other.next() != first(.noise, 3, 4))
  }
}
