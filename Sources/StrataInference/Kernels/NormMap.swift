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

  /// Normalises `rows` contiguous rows; `out` may be `x`, and `scratch` holds two floats per row.
  func apply(
    _ x: UnsafePointer<Float>, to out: UnsafeMutablePointer<Float>, rows: Int, scratch: UnsafeMutablePointer<Float>
  ) {
    sk_active().pointee.layer_norm(out, scratch, scratch + rows, x, scale.start, shift.start, rows, width, epsilon)
  }
}
