internal import CStrataKernels

/// A weight packed for dense maps of many rows, in memory that somebody else owns.
struct PackedMap {
  let start: UnsafeMutablePointer<Float>
  let inputs: Int, outputs: Int
  private let dense: sk_dense

  /// The floats that a packed weight takes.
  static func floats(inputs: Int, outputs: Int, _ precision: ProductPrecision) -> Int {
    (precision.dense.packed_bytes(1, inputs, outputs) + 3) / 4
  }

  /// The floats of memory that applying a map to some rows needs.
  static func scratchFloats(rows: Int, inputs: Int, outputs: Int, _ precision: ProductPrecision) -> Int {
    (precision.dense.scratch_bytes(sk_map_shape(rows, inputs, outputs, inputs, outputs)) + 3) / 4
  }

  /// Packs `weight`, of shape `[inputs, outputs]`, or, when `isTransposed`, of shape `[outputs, inputs]`.
  init(
    _ weight: UnsafePointer<Float>, inputs: Int, outputs: Int, isTransposed: Bool = false,
    _ precision: ProductPrecision, at start: UnsafeMutablePointer<Float>
  ) {
    (self.start, self.inputs, self.outputs, dense) = (start, inputs, outputs, precision.dense)
    dense.pack(start, weight, isTransposed ? 1 : outputs, isTransposed ? inputs : 1, 1, inputs, outputs)
  }

  /// The map of contiguous rows.
  ///
  /// - Parameters:
  ///   - adding: Whether the result is added to what is there.
  ///   - sums: Where the sums are kept, if GELU follows.
  func apply(
    _ x: UnsafePointer<Float>, to out: UnsafeMutablePointer<Float>, rows: Int, bias: UnsafePointer<Float>? = nil,
    adding: Bool = false, keepingForGELU sums: UnsafeMutablePointer<Float>? = nil, scratch: UnsafeMutablePointer<Float>
  ) {
    var shape = sk_map_shape(rows, inputs, outputs, inputs, outputs)
    shape.kept = sums
    dense.apply(
      out, x, start, bias, shape,
      Int32((adding ? sk_after_add : sk_after_nothing) | (sums == nil ? sk_after_nothing : sk_after_gelu)), scratch)
  }
}
