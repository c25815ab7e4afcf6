public import StrataTensor

/// Updates a model in place along its gradient.
///
/// An optimiser is a value: its state is a property that a checkpoint saves and restores bit for bit, and a copy of an
/// optimiser continues on its own.
public protocol Optimizer: Sendable {
  /// The step size; a schedule sets it before each update.
  var learningRate: Double { get set }

  /// What the rule remembers between updates.
  var state: OptimizerState { get set }

  /// Takes one step.
  ///
  /// - Parameters:
  ///   - model: The parameters to change. Their storage is rewritten in place where nothing else holds it.
  ///   - gradient: A model of the same structure in which every parameter holds its gradient.
  /// - Precondition: The parameters of both have the same names and shapes, and those of earlier updates.
  /// - Complexity: One pass over parameters, gradients and state.
  mutating func update<Model: Module>(_ model: inout Model, along gradient: Model)
}

extension OptimizerState {
  /// Counts one update and applies `rule` to every parameter, its gradient and its slots.
  ///
  /// While the rule runs nothing else holds the arrays it may write, so it rewrites them in place.
  mutating func advance<Model: Module>(
    _ model: inout Model, along gradient: Model,
    _ rule: (_ parameter: inout NDArray, _ slope: NDArray, _ slots: inout [NDArray]) -> Void
  ) {
    step += 1
    let slopes = gradient.namedArrays()
    let slotCount = slots.count
    var index = 0
    model.forEachParameter { name, parameter in
      require(index < slopes.count, "update: the model has more parameters than its gradient, starting at '\(name)'")
      let (slopeName, slope) = slopes[index]
      require(slopeName == name, "update: the gradient holds '\(slopeName)' where the model has '\(name)'")
      require(
        slope.shape == parameter.shape,
        "update: the gradient of '\(name)' is \(slope.shape), expected \(parameter.shape)")
      var arrays = arrays.removeValue(forKey: name) ?? (0..<slotCount).map { _ in NDArray(slope.shape, repeating: 0) }
      parameter.rewrite { rule(&$0, slope, &arrays) }
      self.arrays[name] = arrays
      index += 1
    }
    require(index == slopes.count, "update: the gradient has \(slopes.count) parameters, the model \(index)")
  }
}
