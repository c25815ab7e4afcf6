import Foundation
import StrataNeural
import StrataTensor
import TestSupport
import Testing

@Suite struct InfoNCETests {
  private func views(_ seed: UInt64) -> (Tensor, Tensor) {
    var generator = Generator(seed: seed)
    let a = generator.normalArray([12, 6])
    let b = a + generator.normalArray([12, 6]) * 0.3
    return (l2Normalize(Tensor(a)), l2Normalize(Tensor(b)))
  }

  @Test func theModuleIsTheFunctionAtItsTemperature() {
    let (a, b) = views(1)
    let module = InfoNCE(temperature: 0.2)
    expectClose(module(a, b).value, infoNCE(a, b, temperature: 0.2).value)
    expectGradient(of: { $0(a, b) }, at: module)
  }

  @Test func descentFindsAGoodTemperature() {
    let (a, b) = views(2)
    var module = InfoNCE(temperature: 1)
    let first = module(a, b).value.scalar
    for _ in 0..<100 {
      let gradient = valueAndGradient(at: module) { $0(a, b) }.gradient
      module.logTemperature = Tensor(module.logTemperature.value - gradient.logTemperature.value * 2)
    }
    #expect(module(a, b).value.scalar < first / 2)
  }

  @Test func theTemperatureStopsAtItsBoundAndCanReturn() {
    let (a, b) = views(3)
    var module = InfoNCE(temperature: 0.05, minimum: 0.05)
    module.logTemperature = Tensor(NDArray(scalar: log(Float(0.01))))
    expectClose(module.temperature.value, NDArray(scalar: 0.05))
    // Matching views ask for a lower temperature, which the bound forbids; crossed views ask for a higher one.
    let pushed = valueAndGradient(at: module) { $0(a, a) }.gradient.logTemperature.value.scalar
    #expect(pushed == 0)
    let reversed = gather(b, rows: (0..<12).reversed())
    let freed = valueAndGradient(at: module) { $0(a, reversed) }.gradient.logTemperature.value.scalar
    #expect(freed < 0)
  }

  @Test func extremeSimilaritiesStayFinite() {
    let a = Tensor(NDArray([3, 1], [-40, 0, 40]))
    let (loss, gradient) = valueAndGradient(at: a) { infoNCE($0, $0, temperature: 0.01) }
    #expect(loss.isFinite)
    #expect(gradient.value.elements.allSatisfy { $0.isFinite })
  }

  @Test func equalEmbeddingsGiveTheLogarithmOfTheBatch() {
    let same = Tensor(NDArray([8, 4], repeating: 0.5))
    expectClose(infoNCE(same, same, temperature: 0.1).value, NDArray(scalar: log(8)))
    expectClose(ntXent(same, same).value, NDArray(scalar: log(15)))
  }

  /// Temperature and two views, so that all three are differentiated.
  private struct Contrast: Module {
    var a: Tensor, b: Tensor, temperature: Tensor

    mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {
      try visit("a", &a)
      try visit("b", &b)
      try visit("temperature", &temperature)
    }

    /// The loss from the whole matrix.
    var reference: Tensor {
      let logits = matmul(a, b, transposeB: true) / temperature
      let right = Tensor(
        NDArray([a.shape[0], a.shape[0]]) { elements in
          for i in elements.indices { elements[i] = i % (a.shape[0] + 1) == 0 ? 1 : 0 }
        })
      let sum = (logSoftmax(logits) * right).sum() + (logSoftmax(logits.transposed(1, 0)) * right).sum()
      return sum * (-0.5 / Float(a.shape[0]))
    }
  }

  private func contrast(rows: Int, temperature: Float) -> Contrast {
    var generator = Generator(seed: 5)
    let a = generator.normalArray([rows, 8])
    let b = a + generator.normalArray([rows, 8])
    return Contrast(
      a: l2Normalize(Tensor(a)), b: l2Normalize(Tensor(b)), temperature: Tensor(NDArray(scalar: temperature)))
  }

  // Around the size from which the matrix is cut into blocks; a block and a part; several blocks and a part.
  @Test(arguments: [512, 513, 1100, 2500], [0.1, 0.02] as [Float])
  func aLargeBatchEqualsTheWholeMatrix(rows: Int, temperature: Float) {
    let contrast = contrast(rows: rows, temperature: temperature)
    let expected = valueAndGradient(at: contrast) { $0.reference }
    let found = valueAndGradient(at: contrast) { infoNCE($0.a, $0.b, temperature: $0.temperature) }
    expectClose(NDArray(scalar: found.value), NDArray(scalar: expected.value), relative: 2e-6)
    for (found, expected) in zip(parameters(of: found.gradient), parameters(of: expected.gradient)) {
      let scale = abs(expected).max().scalar
      expectClose(found, expected, relative: 1e-4, absolute: 1e-5 * scale)
    }
    let fixed = infoNCE(contrast.a, contrast.b, temperature: temperature)
    expectClose(fixed.value, NDArray(scalar: expected.value), relative: 2e-6)
  }

  @Test func aLargeBatchHasTheSameBitsOnAnyNumberOfThreads() {
    let contrast = contrast(rows: 3100, temperature: 0.1)
    func bits(_ threads: Int) -> [[UInt32]] {
      let (value, gradient) = valueAndGradient(at: contrast) {
        infoNCE($0.a, $0.b, temperature: $0.temperature, threads: threads)
      }
      return [[value.bitPattern]] + parameters(of: gradient).map { $0.elements.map(\.bitPattern) }
    }
    let expected = bits(1)
    for threads in [2, 3] { #expect(bits(threads) == expected) }
  }

  @Test func aLargeBatchOfExtremeSimilaritiesStaysFinite() {
    var generator = Generator(seed: 6)
    let a = Tensor(generator.normalArray([600, 2]) * 40)
    let (loss, gradient) = valueAndGradient(at: a) { infoNCE($0, $0, temperature: 0.01) }
    #expect(loss.isFinite && gradient.value.elements.allSatisfy { $0.isFinite })
  }
}
