/// Returns `loss(model)` together with its gradient, which has the shape of the model.
///
/// - Parameters:
///   - model: The point at which to differentiate. It is not modified.
///   - loss: A function that returns a tensor with one element.
/// - Returns: The loss, and a copy of the model in which every parameter holds its own gradient. A parameter the loss
///   does not use holds zeros.
public func valueAndGradient<Model: Module, Failure: Error>(
  at model: Model, of loss: (Model) throws(Failure) -> Tensor
) throws(Failure) -> (value: Float, gradient: Model) {
  let (values, pullback) = try valuesWithPullback(at: model) { model throws(Failure) in [try loss(model)] }
  let value = values[0]
  require(value.count == 1, "valueAndGradient: the loss has shape \(value.shape), expected one element")
  return (value.scalar, (consume pullback)([NDArray(value.shape, repeating: 1)]))
}
