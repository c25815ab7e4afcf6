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
    let step = AdamWStep(
      learningRate: Float(learningRate), beta1: Float(momentum.mean), beta2: Float(momentum.variance),
      epsilon: Float(epsilon), weightDecay: Float(weightDecay), count: state.step + 1)
    state.advance(&model, along: gradient) { parameter, slope, slots in
      var (mean, variance) = (slots[0], slots[1])
      slots = []  // so that the update finds both unshared
      adamWUpdate(&parameter, firstMoment: &mean, secondMoment: &variance, gradient: slope, step)
      slots = [mean, variance]
    }
  }
}
