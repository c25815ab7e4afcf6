internal import CStrataKernels
import StrataNeural
import StrataTensor

/// A layer norm of rows.
struct NormMap: Sendable {
  let width: Int
  private let scale: Constants, shift: Constants
  private let epsilon: Float

  init(_ norm: LayerNorm) {
    width = norm.scale.shape[0]
    (scale, shift) = (Constants(norm.scale.value.elements), Constants(norm.shift.value.elements))
    epsilon = norm.epsilon
  }

  /// The greatest magnitude that each element of the result can have: a centred vector of unit variance has no element
  /// beyond `√(width - 1)`.
  var bounds: [Float] {
    (0..<width).map { abs(scale.start[$0]) * Float(max(width - 1, 1)).squareRoot() + abs(shift.start[$0]) }
  }

  /// Normalises `rows` contiguous rows; `out` is other memory than `x`, and `scratch` holds two floats per row.
  func apply(
    _ x: UnsafePointer<Float>, to out: UnsafeMutablePointer<Float>, rows: Int, scratch: UnsafeMutablePointer<Float>
  ) {
    kernels.layer_norm(out, scratch, scratch + rows, x, scale.start, shift.start, rows, width, epsilon)
  }
}
