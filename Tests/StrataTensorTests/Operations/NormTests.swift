import StrataTensor
import TestSupport
import Testing

@Suite struct NormTests {
  let goldens: GoldenOperations
  init() throws { goldens = try GoldenOperations("norms") }

  @Test func layerNormMatchesReferenceValues() {
    goldens.expect("layerNorm", absolute: 4e-6, step: 2e-3) {
      layerNorm($0["x"], scale: $0["scale"], shift: $0["shift"])
    }
  }

  @Test func rmsNormMatchesReferenceValues() {
    goldens.expect("rmsNorm", absolute: 4e-6, step: 2e-3) { rmsNorm($0["x"], scale: $0["scale"]) }
  }

  @Test func instanceNormMatchesReferenceValues() {
    goldens.expect("instanceNorm", absolute: 4e-6, step: 2e-3) {
      instanceNorm($0["x"], scale: $0["scale"], shift: $0["shift"])
    }
    goldens.expect("instanceNorm.plain", absolute: 4e-6, step: 2e-3) { instanceNorm($0["x"]) }
    goldens.expect("instanceNorm.scaled", absolute: 4e-6, step: 2e-3) { instanceNorm($0["x"], scale: $0["scale"]) }
  }

  @Test func l2NormalizeMatchesReferenceValues() {
    goldens.expect("l2Normalize", step: 2e-3) { l2Normalize($0["x"]) }
    goldens.expect("l2Normalize.small") { l2Normalize($0["x"], epsilon: 0.5) }
  }

  @Test func zeroVectorsStayZero() {
    let gradient = valueAndGradient(at: Tensor(NDArray([1, 3], repeating: 0))) { l2Normalize($0, epsilon: 0.5).sum() }
    #expect(gradient.value == 0 && gradient.gradient.value.elements == [2, 2, 2])
  }

  /// A large mean must not swallow the variance.
  @Test func layerNormKeepsItsDigitsFarFromZero() {
    let x = NDArray([1, 4], [10_000, 10_001, 10_002, 10_003])
    let one = NDArray([4], repeating: 1), zero = NDArray([4], repeating: 0)
    expectClose(
      layerNorm(x, scale: one, shift: zero), NDArray([1, 4], [-1.3416354, -0.4472118, 0.4472118, 1.3416354]),
      relative: 1e-5)
  }

  /// Rows of every width around those of the kernels.
  @Test(arguments: [1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100])
  func everyWidthAgreesWithTheDefinition(width: Int) {
    var generator = Generator(seed: UInt64(width))
    let x = generator.normalArray([3, width], mean: 1), scale = generator.normalArray([width])
    let shift = generator.normalArray([width]), upstream = Tensor(generator.normalArray([3, width]))
    let mean = x.mean(over: [1], keepingAxes: true), variance = x.variance(over: [1], keepingAxes: true)
    expectClose(
      layerNorm(x, scale: scale, shift: shift), (x - mean) / sqrt(variance + 1e-5) * scale + shift, relative: 1e-5,
      absolute: 1e-5)
    expectClose(
      rmsNorm(x, scale: scale), x / sqrt(square(x).mean(over: [1], keepingAxes: true) + 1e-5) * scale, relative: 1e-5,
      absolute: 1e-5)
    expectClose(l2Normalize(x), x / sqrt(square(x).sum(over: [1], keepingAxes: true)), relative: 1e-6)
    expectGradient(
      of: { (layerNorm($0, scale: $0.slice(axis: 0, 0..<1).reshaped([width]), shift: Tensor(shift)) * upstream).sum() },
      at: Tensor(x), step: 1e-3, tolerance: 1e-2)
  }

  static let mistakes: [String: @Sendable () -> Void] = [
    "layerNorm: scale [3] and shift [4] do not fit [2, 4]": {
      _ = layerNorm(
        NDArray([2, 4], repeating: 0), scale: NDArray([3], repeating: 0), shift: NDArray([4], repeating: 0))
    },
    "rmsNorm: scale [3] does not fit [2, 4]": {
      _ = rmsNorm(NDArray([2, 4], repeating: 0), scale: NDArray([3], repeating: 0))
    },
    "instanceNorm: [2, 4] is not [batch, time, channel]": {
      _ = instanceNorm(NDArray([2, 4], repeating: 0))
    },
  ]

  @Test(arguments: mistakes.keys) func mistakesStop(message: String) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [message] in
      Self.mistakes[message]!()
    }
    expectMessage(message, from: result)
  }
}
