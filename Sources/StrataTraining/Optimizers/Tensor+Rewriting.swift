import StrataTensor

extension Tensor {
  /// Rewrites the value, without a copy when nothing else holds it.
  mutating func rewrite(_ body: (inout NDArray) -> Void) {
    var array = value
    self = .placeholder
    body(&array)
    self = Tensor(array)
  }

  /// Stands in a parameter while its storage is being rewritten.
  private static let placeholder = Tensor(NDArray([0], []))
}
