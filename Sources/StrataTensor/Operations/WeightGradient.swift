internal import CStrataKernels

/// The gradient of the weight of a dense map from some rows: what the map was given, transposed, times what came back.
struct WeightGradient {
  let rows: Int, inputs: Int, outputs: Int
  let precision: ProductPrecision

  /// With more elements than this, columns of x share few sets of the first cache, and are cheaper to copy than to walk.
  private static let largestInPlace = 1 << 16

  init(rows: Int, inputs: Int, outputs: Int, _ precision: ProductPrecision) {
    (self.rows, self.inputs, self.outputs, self.precision) = (rows, inputs, outputs, precision)
  }

  private var isInPlace: Bool { precision == .fp32 && inputs * outputs <= Self.largestInPlace }
  private var packedFloats: Int { PackedMap.floats(inputs: rows, outputs: outputs, precision) }

  /// The floats of memory that ``add(_:_:to:scratch:)`` needs.
  var scratchFloats: Int {
    isInPlace
      ? min(rows, kernels.depth) * roundedToPanel(outputs)
      : inputs * rows + packedFloats
        + PackedMap.scratchFloats(rows: inputs, inputs: rows, outputs: outputs, precision)
  }

  /// Adds xᵀ · g to a gradient.
  ///
  /// - Parameters:
  ///   - xs: What each tap of the map was given, shape `[rows, inputs]`.
  ///   - g: What came back to its result, shape `[rows, outputs]`.
  ///   - gradient: Shape `[tap, inputs, outputs]`.
  func add(
    _ xs: [UnsafePointer<Float>], _ g: UnsafePointer<Float>, to gradient: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<Float>
  ) {
    let places = stride(from: 0, to: xs.count * inputs * outputs, by: inputs * outputs)
    guard !isInPlace else {
      for (x, place) in zip(xs, places) {
        kernels.product(
          gradient + place, outputs, x, 1, inputs, g, outputs, 0, inputs, outputs, rows, 1, nil, 1, scratch)
      }
      return
    }
    let transposed = scratch + packedFloats
    let map = PackedMap(g, inputs: rows, outputs: outputs, precision, at: scratch)
    for (x, place) in zip(xs, places) {
      kernels.transpose(transposed, rows, x, inputs, rows, inputs)
      map.apply(transposed, to: gradient + place, rows: inputs, adding: true, scratch: transposed + inputs * rows)
    }
  }

  /// The same for a map without taps.
  func add(
    _ x: UnsafePointer<Float>, _ g: UnsafePointer<Float>, to gradient: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<Float>
  ) { add([x], g, to: gradient, scratch: scratch) }
}
