public import StrataTensor
public import Testing

/// Checks the gradient of a loss against central differences along random directions.
///
/// - Parameters:
///   - loss: A function of one element; every random number it draws must be the same at each call.
///   - model: The point.
///   - step: How far to move along a direction whose elements lie in `-1..<1`.
///   - tolerance: The largest difference, relative to the larger derivative or to one.
///   - directions: How many directions to try.
public func expectGradient<Model: Module>(
  of loss: (Model) -> Tensor, at model: Model, step: Float = 5e-3, tolerance: Double = 2e-3, directions: Int = 4,
  seed: UInt64 = 1, sourceLocation: SourceLocation = #_sourceLocation
) {
  var generator = Generator(seed: seed)
  let gradient = parameters(of: valueAndGradient(at: model, of: loss).gradient)
  for _ in 0..<directions {
    let direction = gradient.map { generator.uniformArray($0.shape, in: -1..<1) }
    func moved(_ distance: Float) -> Double {
      var point = model
      var index = 0
      point.forEachParameter { _, parameter in
        parameter = Tensor(parameter.value + direction[index] * distance)
        index += 1
      }
      return Double(loss(point).value.scalar)
    }
    let numerical = (moved(step) - moved(-step)) / (2 * Double(step))
    let analytic = zip(gradient, direction).reduce(0) { $0 + ($1.0 * $1.1).total }
    let scale = max(numerical.magnitude, analytic.magnitude, 1)
    #expect(
      (numerical - analytic).magnitude <= tolerance * scale, "numerical \(numerical), analytic \(analytic)",
      sourceLocation: sourceLocation)
  }
}

/// The values of a model's parameters, in their order.
public func parameters<Model: Module>(of model: Model) -> [NDArray] {
  var model = model
  var values: [NDArray] = []
  model.forEachParameter { _, parameter in values.append(parameter.value) }
  return values
}

/// Counts the tensors stored anywhere inside a value: what `forEachParameter` must visit.
public func storedTensorCount(in value: Any) -> Int {
  value is Tensor ? 1 : Mirror(reflecting: value).children.reduce(0) { $0 + storedTensorCount(in: $1.value) }
}
