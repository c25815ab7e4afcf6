public import StrataTensor

/// Adam with decoupled weight decay, as `torch.optim.AdamW` defines it.
///
/// Reference: Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR 2019.
public struct AdamW: Optimizer {
  public var learningRate: Double
  /// How much of the running mean and of the running variance of the slopes survives one update.
  public let momentum: (mean: Double, variance: Double)
  /// What a weight loses per unit of learning rate, as a share of itself.
  public let weightDecay: Double
  /// Added to the root of the variance.
  public let epsilon: Double
  public var state = OptimizerState(slots: ["mean", "variance"])

  /// Creates an optimiser that has made no update; the defaults are those of `torch.optim.AdamW`.
  ///
  /// - Precondition: Both momenta lie in `0..<1`; `weightDecay` and `epsilon` are not negative.
  public init(
    learningRate: Double, momentum: (mean: Double, variance: Double) = (0.9, 0.999), weightDecay: Double = 0.01,
    epsilon: Double = 1e-8
  ) {
    require(
      (0..<1).contains(momentum.mean) && (0..<1).contains(momentum.variance),
      "AdamW: momenta \(momentum) must lie in 0..<1")
    require(weightDecay >= 0 && epsilon >= 0, "AdamW: weight decay \(weightDecay) and epsilon \(epsilon) must be ≥ 0")
    self.learningRate = learningRate
    self.momentum = momentum
    self.weightDecay = weightDecay
    self.epsilon = epsilon
  }

  public mutating func update<Model: Module>(_ model: inout Model, along gradient: Model) {
    let age = state.step + 1
    let correction = (mean: 1 - power(momentum.mean, age), variance: 1 - power(momentum.variance, age))
    let stepSize = Float(learningRate / correction.mean)
    let inverseRoot = Float(1 / correction.variance.squareRoot())
    let shrink = Float(1 - learningRate * weightDecay)
    let (keptMean, newMean) = (Float(momentum.mean), Float(1 - momentum.mean))
    let (keptVariance, newVariance) = (Float(momentum.variance), Float(1 - momentum.variance))
    let epsilon = Float(epsilon)
    state.advance(&model, along: gradient) { weights, slope, slots in
      let (mean, variance) = (slots[0], slots[1])
      for i in weights.indices {
        mean[i] = keptMean * mean[i] + newMean * slope[i]
        variance[i] = keptVariance * variance[i] + newVariance * slope[i] * slope[i]
        weights[i] = shrink * weights[i] - stepSize * mean[i] / (variance[i].squareRoot() * inverseRoot + epsilon)
      }
    }
  }
}

/// `base` to a whole power by repeated squaring: the same bits on every machine, unlike a maths library's `pow`.
func power(_ base: Double, _ exponent: Int) -> Double {
  var (result, square, remaining) = (1.0, base, exponent)
  while remaining > 0 {
    if remaining & 1 == 1 { result *= square }
    square *= square
    remaining >>= 1
  }
  return result
}
