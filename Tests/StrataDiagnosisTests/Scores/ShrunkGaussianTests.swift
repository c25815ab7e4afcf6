import StrataDiagnosis
import StrataTensor
import TestSupport
import Testing

@Suite struct ShrunkGaussianTests {
  @Test func trainingRowsBecomeUncorrelatedWithUnitVariance() throws {
    var generator = Generator(seed: 1)
    let rows = generator.correlatedRows(500, channels: 5) * NDArray([5], [1, 100, 0.5, 3, 7]) + 20
    let whitened = try ShrunkGaussian(fittedTo: rows, shrinkage: 0).whitened(rows)
    let covariance = matmul(whitened, whitened, transposeA: true) / Float(500)
    expectClose(covariance, Matrix.identity(5).array, relative: 0, absolute: 2e-3)
    expectClose(whitened.mean(over: [0]), NDArray([5], repeating: 0), absolute: 1e-3)
  }

  @Test func shrinkageOnlyShortens() throws {
    var generator = Generator(seed: 2)
    let rows = generator.correlatedRows(300, channels: 4)
    let free = try ShrunkGaussian(fittedTo: rows, shrinkage: 0).whitened(rows)
    let shrunk = try ShrunkGaussian(fittedTo: rows, shrinkage: 0.1).whitened(rows)
    // A direction of v mean variances shrinks by √(v / (v + 0.1)), and over four directions v adds up to 4.
    let ratio = ((shrunk * shrunk).mean(over: [0]) / (free * free).mean(over: [0])).elements
    #expect(ratio.allSatisfy { $0 < 1 })
    let variances = ratio.map { 0.1 * $0 / (1 - $0) }
    #expect(abs(variances.reduce(0, +) - 4) < 0.05)
  }

  @Test func aBrokenCorrelationCountsMoreThanALargeStepAlongIt() throws {
    var generator = Generator(seed: 3)
    let base = generator.normalArray([400, 1])
    let rows = concatenate([base, base + generator.normalArray([400, 1], deviation: 0.1)], axis: 1)
    let gaussian = try ShrunkGaussian(fittedTo: rows, shrinkage: 0.001)
    func size(_ x: Float, _ y: Float) -> Float {
      gaussian.whitened(NDArray([1, 2], [x, y])).elements.map(\.magnitude).max()!
    }
    #expect(size(1, -1) > 5 * size(2, 2))
  }

  @Test func degenerateRowsStayFinite() throws {
    var generator = Generator(seed: 4)
    let cases = [
      NDArray([10, 3], repeating: 2),  // constant
      generator.normalArray([1, 3]),  // one row
      generator.normalArray([3, 20]),  // fewer rows than columns
      generator.normalArray([50, 1]),  // one column
      concatenate([generator.normalArray([50, 2]), NDArray([50, 1], repeating: 0)], axis: 1),  // one constant column
    ]
    for rows in cases {
      for shrinkage in [0, 0.05] {
        let gaussian = try ShrunkGaussian(fittedTo: rows, shrinkage: shrinkage)
        #expect(gaussian.whitened(rows).isFinite && gaussian.whitened(rows + 1000).isFinite)
      }
    }
  }

  @Test func aValueThatIsNotFiniteIsAnError() {
    #expect(throws: LinearAlgebraError.self) {
      try ShrunkGaussian(fittedTo: NDArray([2, 2], [1, .nan, 3, 4]), shrinkage: 0)
    }
  }
}
