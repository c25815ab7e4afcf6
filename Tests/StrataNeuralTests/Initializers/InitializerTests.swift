import Foundation
import StrataNeural
import StrataTensor
import TestSupport
import Testing

@Suite struct InitializerTests {
  private func draw(_ initializer: Initializer, _ shape: Shape, seed: UInt64) -> NDArray {
    var generator = Generator(seed: seed)
    return initializer(shape, using: &generator)
  }

  @Test func drawsAreTheKnownAnswers() throws {
    let goldens = try Goldens("initializers", in: .module)
    func expect(_ golden: String, _ initializer: Initializer, _ shape: Shape, seed: UInt64) {
      expectClose(draw(initializer, shape, seed: seed), goldens.array("value", of: golden), "\(golden):")
    }
    expect("xavierUniform", .xavierUniform(), [4, 6], seed: 11)
    expect("xavierNormal", .xavierNormal(), [4, 6], seed: 12)
    expect("kaimingUniform", .kaimingUniform(), [3, 2, 4], seed: 13)
    expect("kaimingNormal", .kaimingNormal(), [3, 2, 4], seed: 14)
    expect("standard", .standard, [5, 4], seed: 15)
    expect("truncatedNormal", .truncatedNormal(deviation: 0.02, bound: 1), [4, 6], seed: 16)
    expect("tall", .orthogonal(gain: 2), [2, 3, 3], seed: 17)
    expect("wide", .orthogonal(), [3, 6], seed: 18)
  }

  @Test func statisticsAreThePromisedOnes() {
    func expect(
      _ initializer: Initializer, deviation: Double, bound: Float, sourceLocation: SourceLocation = #_sourceLocation
    ) {
      let draws = draw(initializer, [200, 300], seed: 21)
      let mean = draws.total / Double(draws.count)
      let spread = Double(draws.variance().scalar).squareRoot()
      // Five standard errors of 60 000 draws.
      #expect(abs(mean) < 0.021 * deviation, "mean \(mean)", sourceLocation: sourceLocation)
      #expect(abs(spread / deviation - 1) < 0.015, "deviation \(spread)", sourceLocation: sourceLocation)
      #expect(draws.elements.allSatisfy { abs($0) <= bound }, sourceLocation: sourceLocation)
    }
    expect(.xavierUniform(), deviation: (2.0 / 500).squareRoot(), bound: Float(6.0 / 500).squareRoot())
    expect(.xavierNormal(gain: 2), deviation: 2 * (2.0 / 500).squareRoot(), bound: .infinity)
    expect(.kaimingUniform(gain: 1), deviation: (1.0 / 200).squareRoot(), bound: Float(3.0 / 200).squareRoot())
    expect(.kaimingNormal(), deviation: (2.0 / 200).squareRoot(), bound: .infinity)
    expect(.standard, deviation: (1.0 / 600).squareRoot(), bound: Float(1.0 / 200).squareRoot())
    expect(.truncatedNormal(deviation: 0.02), deviation: 0.02 * 0.879626, bound: 0.04)
    expect(.normal(deviation: 0.5), deviation: 0.5, bound: .infinity)
  }

  @Test func fansCountTheTapsOfAConvolution() {
    let draws = draw(.kaimingUniform(gain: 1), [4, 50, 70], seed: 3)
    #expect(abs(draws.max().scalar - Float(3.0 / 200).squareRoot()) < 1e-4)
  }

  @Test func orthogonalMatricesAreOrthogonal() {
    for shape: Shape in [[40, 40], [64, 24], [24, 64]] {
      let q = draw(.orthogonal(), shape, seed: 6)
      let tall = shape[0] >= shape[1]
      let product = matmul(q, q, transposeA: tall, transposeB: !tall)
      let identity = NDArray(product.shape) { for i in $0.indices { $0[i] = i % (product.shape[0] + 1) == 0 ? 1 : 0 } }
      expectClose(product, identity, absolute: 1e-6, "\(shape)")
    }
  }
}
