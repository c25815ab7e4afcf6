import StrataTensor

extension Tensor {
  /// Rewrites the elements, without a copy when nothing else holds them.
  mutating func rewrite(_ body: (UnsafeMutableBufferPointer<Float>) -> Void) {
    var array = value
    self = .placeholder
    array.withMutableElements(body)
    self = Tensor(array)
  }

  /// Stands in a parameter while its storage is being rewritten.
  private static let placeholder = Tensor(NDArray([0], []))
}
