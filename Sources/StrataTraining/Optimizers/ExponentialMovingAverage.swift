public import StrataTensor

/// A model whose parameters follow those of another, exponentially smoothed over its updates.
///
/// The first update copies, as `torch.optim.swa_utils.AveragedModel` does; each later one moves the average by
/// `1 - decay` of the way.
///
/// Reference: Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", SIAM J. Control Optim. 1992.
public struct ExponentialMovingAverage<Model: Module>: Sendable {
  /// The averaged model.
  public var model: Model
  /// How much of the average survives an update.
  public let decay: Double
  /// The number of updates made.
  public internal(set) var updateCount = 0

  /// Starts at a model, which the first update replaces.
  ///
  /// - Precondition: `decay` lies in `0..<1`.
  public init(of model: Model, decay: Double) {
    require((0..<1).contains(decay), "ExponentialMovingAverage: decay \(decay) must lie in 0..<1")
    (self.model, self.decay) = (model, decay)
  }

  /// Follows one update of the model.
  ///
  /// - Precondition: The parameters have the names and shapes they had at the start.
  public mutating func update(with latest: Model) {
    let share: Float = updateCount == 0 ? 1 : Float(1 - decay)
    let targets = latest.namedArrays()
    updateCount += 1
    var index = 0
    model.forEachParameter { name, parameter in
      let (targetName, target) = targets[index]
      require(
        targetName == name && target.shape == parameter.shape,
        "ExponentialMovingAverage: '\(targetName)' \(target.shape) stands where '\(name)' \(parameter.shape) was")
      target.withElements { target in
        parameter.rewrite { average in
          average.withMutableElements { average in
            for i in average.indices {
              average[i] = share == 1 ? target[i] : average[i] + share * (target[i] - average[i])
            }
          }
        }
      }
      index += 1
    }
  }
}
