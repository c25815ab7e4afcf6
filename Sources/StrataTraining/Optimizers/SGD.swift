public import StrataTensor

/// Stochastic gradient descent with momentum, as `torch.optim.SGD` defines it.
///
/// `velocity ← momentum · velocity + slope`, then a step along the velocity, or along `slope + momentum · velocity` in
/// Nesterov's form. Weight decay is added to the slope.
///
/// Reference: Sutskever et al., "On the importance of initialization and momentum in deep learning", ICML 2013.
public struct SGD: Optimizer {
  public var learningRate: Double
  /// How much of the velocity survives an update.
  public let momentum: Double
  /// Whether the step looks ahead along the velocity.
  public let isNesterov: Bool
  /// The share of the weight that is added to its slope.
  public let weightDecay: Double
  public var state: OptimizerState

  /// Creates an optimiser that has made no update.
  ///
  /// - Precondition: `momentum` and `weightDecay` are not negative; Nesterov's form has a momentum.
  public init(learningRate: Double, momentum: Double = 0, isNesterov: Bool = false, weightDecay: Double = 0) {
    require(momentum >= 0 && weightDecay >= 0, "SGD: momentum \(momentum) and weight decay \(weightDecay) must be ≥ 0")
    require(!isNesterov || momentum > 0, "SGD: Nesterov's form needs a momentum")
    self.learningRate = learningRate
    self.momentum = momentum
    self.isNesterov = isNesterov
    self.weightDecay = weightDecay
    state = OptimizerState(slots: momentum > 0 ? ["velocity"] : [])
  }

  public mutating func update<Model: Module>(_ model: inout Model, along gradient: Model) {
    let (rate, momentum, decay) = (Float(learningRate), Float(momentum), Float(weightDecay))
    let isNesterov = isNesterov
    state.advance(&model, along: gradient) { parameter, slope, slots in
      parameter.withMutableElements { weights in
        slope.withElements { slope in
          guard !slots.isEmpty else {
            for i in weights.indices { weights[i] -= rate * (slope[i] + decay * weights[i]) }
            return
          }
          slots[0].withMutableElements { velocity in
            for i in weights.indices {
              let slope = slope[i] + decay * weights[i]
              velocity[i] = momentum * velocity[i] + slope
              weights[i] -= rate * (isNesterov ? slope + momentum * velocity[i] : velocity[i])
            }
          }
        }
      }
    }
  }
}
