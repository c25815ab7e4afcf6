import StrataTensor

/// Which elements of an array count in a mean, and how many they are.
struct Observation: Sendable {
  private let mask: NDArray
  /// How many consecutive elements share an entry of the mask.
  private let run: Int
  /// The number of observed elements, at least one.
  let total: Double

  /// - Parameters:
  ///   - mask: Ones and zeros, in the shape of the array or of its leading axes; `nil` when everything was observed.
  ///   - shape: The shape of the array.
  init(_ mask: NDArray?, of shape: Shape, _ operation: StaticString) {
    self.mask = mask ?? NDArray(scalar: 1)
    if let mask {
      let leading = Shape(Array(shape.dimensions.prefix(mask.shape.rank)))
      let keptAxis = Shape(Array(shape.dimensions.dropLast()) + [1])
      require(
        mask.shape == leading || mask.shape == keptAxis,
        "\(operation): a mask of shape \(mask.shape) does not fit shape \(shape)")
    }
    run = shape.elementCount / max(self.mask.count, 1)
    total = max(self.mask.total * Double(run), 1)
  }

  /// Calls `body` with the position and the weight of every observed element.
  ///
  /// There is one loop for all masks, so that `body` is inlined into it.
  @inline(__always)
  func forEach(_ body: (_ index: Int, _ weight: Float) -> Void) {
    mask.withElements { mask in
      var index = 0
      for entry in 0..<mask.count {
        let weight = mask[entry]
        let end = index + run
        if weight == 0 { index = end }
        while index < end {
          body(index, weight)
          index += 1
        }
      }
    }
  }
}
