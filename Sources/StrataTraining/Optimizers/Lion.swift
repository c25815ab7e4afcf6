public import StrataTensor

/// Steps of equal size in every coordinate, in the direction of the sign of a momentum.
///
/// Reference: Chen et al., "Symbolic Discovery of Optimization Algorithms", NeurIPS 2023.
public struct Lion: Optimizer {
  public var learningRate: Double
  /// How much of the running mean counts in the direction of a step, and how much of it survives the step.
  public let momentum: (direction: Double, mean: Double)
  /// What a weight loses per unit of learning rate, as a share of itself.
  public let weightDecay: Double
  public var state = OptimizerState(slots: ["mean"])

  /// Creates an optimiser that has made no update; the default momenta are those of the paper.
  ///
  /// - Precondition: Both momenta lie in `0..<1`; `weightDecay` is not negative.
  public init(
    learningRate: Double, momentum: (direction: Double, mean: Double) = (0.9, 0.99), weightDecay: Double = 0
  ) {
    require(
      (0..<1).contains(momentum.direction) && (0..<1).contains(momentum.mean),
      "Lion: momenta \(momentum) must lie in 0..<1")
    require(weightDecay >= 0, "Lion: weight decay \(weightDecay) must be ≥ 0")
    self.learningRate = learningRate
    self.momentum = momentum
    self.weightDecay = weightDecay
  }

  public mutating func update<Model: Module>(_ model: inout Model, along gradient: Model) {
    let (rate, shrink) = (Float(learningRate), Float(1 - learningRate * weightDecay))
    let (keptDirection, newDirection) = (Float(momentum.direction), Float(1 - momentum.direction))
    let (keptMean, newMean) = (Float(momentum.mean), Float(1 - momentum.mean))
    state.advance(&model, along: gradient) { parameter, slope, slots in
      parameter.withMutableElements { weights in
        slots[0].withMutableElements { mean in
          slope.withElements { slope in
            for i in weights.indices {
              let direction = keptDirection * mean[i] + newDirection * slope[i]
              let sign: Float = direction > 0 ? 1 : direction < 0 ? -1 : 0
              weights[i] = shrink * weights[i] - rate * sign
              mean[i] = keptMean * mean[i] + newMean * slope[i]
            }
          }
        }
      }
    }
  }
}
