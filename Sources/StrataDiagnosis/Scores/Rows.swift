import StrataTensor

/// One number per row of a matrix.
func reduceRows(_ rows: NDArray, _ body: (Slice<UnsafeBufferPointer<Float>>) -> Float) -> [Float] {
  let width = rows.shape[1]
  return rows.withElements { x in (0..<rows.shape[0]).map { body(x[$0 * width..<($0 + 1) * width]) } }
}

extension NDArray {
  /// The absolute value of every element.
  var absolute: NDArray { NDArray(shape) { out in withElements { x in for i in out.indices { out[i] = abs(x[i]) } } } }
}
