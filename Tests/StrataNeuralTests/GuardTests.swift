import StrataNeural
import StrataTensor
import Testing

/// Every mistake this module stops for, and what it says.
private enum Mistake: String, CaseIterable, Codable, Sendable {
  case kernel, rate, heads, rotaryHeads, rotaryBase, sequence, initialState, bound, fans, matrix
  case mask, pair, delta, likelihood, targets, smoothing, unknownClass
  case views, temperature, moduleTemperature, xentViews, xentTemperature, labels, supervisedTemperature
  case series, alpha, loneRow, correlated, triple

  var message: String {
    switch self {
    case .kernel: "CausalConvolution: kernel 0 and dilation 1 must be at least 1"
    case .rate: "Dropout: the rate 1.0 is outside 0..<1"
    case .heads: "MultiHeadAttention: 3 heads do not divide width 8"
    case .rotaryHeads: "RotaryEmbedding: 2 heads of even width do not fit shape [1, 2, 6]"
    case .rotaryBase: "RotaryEmbedding: the base 1.0 is not greater than one"
    case .sequence: "GRU: the input has shape [2, 3], expected [batch, time, inputs]"
    case .initialState:
      "gatedRecurrence: inputs [2, 4, 15] and initial state [2, 4] do not fit a weight [5, 15]"
    case .bound: "truncatedNormal: the bound 0.0 is not positive"
    case .fans: "xavierUniform: shape [4] has no [inputs, outputs] axes"
    case .matrix: "orthogonal: shape [4] is not a matrix"
    case .mask: "maskedMeanSquaredError: a mask of shape [3] does not fit shape [2, 3]"
    case .pair: "huber: a prediction of shape [2, 3] does not fit a target of shape [3, 2]"
    case .delta: "huber: delta 0.0 is not positive"
    case .likelihood: "maskedGaussianNLL: mean [2, 3], log-variance [3] and target [2, 3] differ"
    case .targets: "crossEntropy: 1 targets do not fit logits of shape [2, 3]"
    case .smoothing: "crossEntropy: the smoothing 1.0 is outside 0..<1"
    case .unknownClass: "crossEntropy: class 3 is outside 0..<3"
    case .views: "infoNCE: views of shape [2, 3] and [3, 2], expected [batch, width] twice"
    case .temperature: "infoNCE: the temperature 0.0 is not positive"
    case .moduleTemperature: "InfoNCE: the temperature 0.001 is below 0.01, or that is not positive"
    case .xentViews: "ntXent: views of shape [2, 3] and [3, 2], expected [batch, width] twice"
    case .xentTemperature: "ntXent: the temperature -1.0 is not positive"
    case .labels: "supervisedContrastive: 1 labels do not fit embeddings of shape [2, 3]"
    case .supervisedTemperature: "supervisedContrastive: the temperature 0.0 is not positive"
    case .series:
      "hierarchicalContrast: views of shape [2, 3] and [2, 3], expected [batch, time, width] twice"
    case .alpha: "hierarchicalContrast: alpha 2.0 is outside 0...1"
    case .loneRow: "vicReg: views of shape [1, 3] and [1, 3], expected [batch, width] twice with a batch of at least 2"
    case .correlated: "barlowTwins: views of shape [2, 3] and [3, 2], expected [batch, width] twice"
    case .triple: "triplet: [2, 3], [2, 3] and [3, 2], expected [batch, width] three times"
    }
  }

  func commit() {
    var generator = Generator(seed: 0)
    func zeros(_ shape: Int...) -> Tensor { Tensor(NDArray(Shape(shape), repeating: 0)) }
    let (a, b) = (zeros(2, 3), zeros(3, 2))
    switch self {
    case .kernel: _ = CausalConvolution(inputs: 1, outputs: 1, kernel: 0, using: &generator)
    case .rate: _ = Dropout(rate: 1)
    case .heads: _ = MultiHeadAttention(width: 8, heads: 3, using: &generator)
    case .rotaryHeads: _ = RotaryEmbedding()(zeros(1, 2, 6), heads: 2)
    case .rotaryBase: _ = RotaryEmbedding(base: 1)
    case .sequence: _ = GRU(inputs: 3, width: 5, using: &generator)(a)
    case .initialState: _ = GRU(inputs: 3, width: 5, using: &generator)(zeros(2, 4, 3), initial: zeros(2, 4))
    case .bound: _ = Initializer.truncatedNormal(deviation: 1, bound: 0)
    case .fans: _ = Initializer.xavierUniform()([4], using: &generator)
    case .matrix: _ = Initializer.orthogonal()([4], using: &generator)
    case .mask: _ = maskedMeanSquaredError(prediction: a, target: a, mask: NDArray([3], repeating: 1))
    case .pair: _ = huber(prediction: a, target: b)
    case .delta: _ = huber(prediction: a, target: a, delta: 0)
    case .likelihood: _ = maskedGaussianNLL(mean: a, logVariance: zeros(3), target: a, mask: a.value)
    case .targets: _ = crossEntropy(logits: a, targets: [0])
    case .smoothing: _ = crossEntropy(logits: a, targets: [0, 1], smoothing: 1)
    case .unknownClass: _ = crossEntropy(logits: a, targets: [0, 3])
    case .views: _ = infoNCE(a, b, temperature: 0.1)
    case .temperature: _ = infoNCE(a, a, temperature: 0)
    case .moduleTemperature: _ = InfoNCE(temperature: 0.001)
    case .xentViews: _ = ntXent(a, b)
    case .xentTemperature: _ = ntXent(a, a, temperature: -1)
    case .labels: _ = supervisedContrastive(a, labels: [0])
    case .supervisedTemperature: _ = supervisedContrastive(a, labels: [0, 1], temperature: 0)
    case .series: _ = hierarchicalContrast(a, a)
    case .alpha: _ = hierarchicalContrast(zeros(2, 3, 4), zeros(2, 3, 4), alpha: 2)
    case .loneRow: _ = vicReg(zeros(1, 3), zeros(1, 3))
    case .correlated: _ = barlowTwins(a, b)
    case .triple: _ = triplet(anchor: a, positive: a, negative: b)
    }
  }
}

@Suite struct GuardTests {
  @Test(arguments: Mistake.allCases)
  fileprivate func mistakesStopAndSayWhy(_ mistake: Mistake) async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [mistake] in
      mistake.commit()
    }
    let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(text.contains(mistake.message), "said: \(text.prefix(400))")
  }
}
