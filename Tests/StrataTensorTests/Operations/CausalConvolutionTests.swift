import StrataTensor
import TestSupport
import Testing

@Suite struct CausalConvolutionTests {
  let goldens: GoldenOperations
  init() throws { goldens = try GoldenOperations("convolutions") }

  @Test(arguments: [("plain", 1), ("dilated", 2), ("wide", 1), ("beyond", 3), ("pointwise", 1)])
  func matchesReferenceValues(name: String, dilation: Int) {
    goldens.expect("convolution.\(name)", absolute: 1e-5, step: 2e-3) {
      causalConvolution($0["x"], weight: $0["weight"], bias: $0["bias"], dilation: dilation)
    }
  }

  @Test func theBiasMayBeAbsent() {
    goldens.expect("convolution.unbiased", step: 5e-3) { causalConvolution($0["x"], weight: $0["weight"], bias: nil) }
  }

  @Test func noResultSeesTheFuture() {
    var generator = Generator(seed: 2)
    let x = generator.normalArray([1, 12, 3]), weight = generator.normalArray([3, 3, 2])
    let full = causalConvolution(x, weight: weight, bias: nil, dilation: 2)
    for time in 1...12 {
      let cut = causalConvolution(x.slice(axis: 1, 0..<time), weight: weight, bias: nil, dilation: 2)
      expectClose(cut, full.slice(axis: 1, 0..<time), relative: 1e-6)
    }
  }

  /// Widths around those of the kernels, against a sum in double precision.
  @Test(arguments: [1, 5, 16, 31, 32, 33, 48, 64, 70])
  func everyWidthAgreesWithTheDefinition(width: Int) {
    var generator = Generator(seed: UInt64(width))
    let (batch, time, inputs, taps, dilation) = (2, 19, 37 - width / 2, 3, 4)
    let x = generator.normalArray([batch, time, inputs]), weight = generator.normalArray([taps, inputs, width])
    let bias = generator.normalArray([width])
    let y = causalConvolution(x, weight: weight, bias: bias, dilation: dilation)
    for b in 0..<batch {
      for t in 0..<time {
        for o in 0..<width {
          var exact = Double(bias[o])
          for tap in 0..<taps where t - (taps - 1 - tap) * dilation >= 0 {
            for i in 0..<inputs {
              exact += Double(x[b, t - (taps - 1 - tap) * dilation, i]) * Double(weight[tap, i, o])
            }
          }
          #expect((Double(y[b, t, o]) - exact).magnitude < 3e-5)
        }
      }
    }
  }

  static let mistakes: [String: @Sendable () -> Void] = [
    "causalConvolution: weight [3, 5, 4] does not fit input [2, 8, 6]": {
      _ = causalConvolution(NDArray([2, 8, 6], repeating: 0), weight: NDArray([3, 5, 4], repeating: 0), bias: nil)
    },
    "causalConvolution: bias [3] does not fit weight [3, 6, 4]": {
      _ = causalConvolution(
        NDArray([2, 8, 6], repeating: 0), weight: NDArray([3, 6, 4], repeating: 0), bias: NDArray([3], repeating: 0))
    },
    "causalConvolution: dilation 0 is not positive": {
      _ = causalConvolution(
        NDArray([2, 8, 6], repeating: 0), weight: NDArray([3, 6, 4], repeating: 0), bias: nil, dilation: 0)
    },
  ]

  @Test(arguments: mistakes.keys) func mistakesStop(message: String) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [message] in
      Self.mistakes[message]!()
    }
    expectMessage(message, from: result)
  }
}
