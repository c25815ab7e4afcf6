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

  /// Whether the gradient of a convolution of `taps` taps is made from pairs of rows.
  func pairsRows(taps: Int) -> Bool { taps == 3 && isInPlace && kernels.pair_operands != nil }

  /// The floats of memory that ``addPairs(_:_:dilation:to:fourth:scratch:)`` needs.
  func pairScratchFloats(dilation: Int) -> Int { 2 * (rows + dilation) * (inputs + outputs) + scratchFloats }

  /// Adds what one sequence gives to the four products that ``combinePairs(_:fourth:)`` makes the gradient of a convolution
  /// of three taps from.
  ///
  /// - Parameters:
  ///   - x: What the convolution was given, shape `[rows, inputs]`, with the rows before it that its taps reach for.
  ///   - g: What came back to its result, shape `[rows, outputs]`.
  ///   - products: Three of the products, shape `[3, inputs, outputs]`.
  ///   - fourth: The one of them that is left, shape `[inputs, outputs]`.
  func addPairs(
    _ x: UnsafePointer<Float>, _ g: UnsafePointer<Float>, dilation: Int, to products: UnsafeMutablePointer<Float>,
    fourth: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
  ) {
    let most = (rows + dilation) / 2, left = scratch, right = left + 4 * most * inputs
    let pairs = kernels.pair_operands!(left, right, x, g, rows, dilation, inputs, outputs)
    let places = [products, products + inputs * outputs, fourth, products + 2 * inputs * outputs]
    for (index, place) in places.enumerated() {
      kernels.product(
        place, outputs, left + index * pairs * inputs, 1, inputs, right + index * pairs * outputs, outputs, 0, inputs,
        outputs, pairs, 1, nil, 1, right + 4 * most * outputs)
    }
  }

  /// Turns the products of pairs of all sequences into the gradient, in place.
  func combinePairs(_ products: UnsafeMutablePointer<Float>, fourth: UnsafePointer<Float>) {
    let size = inputs * outputs
    for index in 0..<size {
      let (sum, difference) = (products[size + index], fourth[index])
      let half = (sum + difference) * 0.5
      products[index] += half
      products[size + index] = (sum - difference) * 0.5
      products[2 * size + index] += half
    }
  }

  /// What ``add(_:_:to:scratch:)`` does, for a map without taps.
  func add(
    _ x: UnsafePointer<Float>, _ g: UnsafePointer<Float>, to gradient: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<Float>
  ) { add([x], g, to: gradient, scratch: scratch) }
}
