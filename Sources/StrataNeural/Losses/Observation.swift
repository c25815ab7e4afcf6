import StrataTensor

/// Which elements of an array count in a mean, and how many they are.
struct Observation: Sendable {
  private let mask: NDArray?
  /// How many consecutive elements share an entry of the mask.
  private let run: Int
  private let count: Int
  /// The number of observed elements, at least one.
  let total: Double

  /// - Parameters:
  ///   - mask: Ones and zeros, in the shape of the array or of its leading axes; `nil` when everything was observed.
  ///   - shape: The shape of the array.
  init(_ mask: NDArray?, of shape: Shape, _ operation: StaticString) {
    self.mask = mask
    count = shape.elementCount
    guard let mask else {
      (run, total) = (count, Double(max(count, 1)))
      return
    }
    let leading = Shape(Array(shape.dimensions.prefix(mask.shape.rank)))
    let keptAxis = Shape(Array(shape.dimensions.dropLast()) + [1])
    require(
      mask.shape == leading || mask.shape == keptAxis,
      "\(operation): a mask of shape \(mask.shape) does not fit shape \(shape)")
    run = mask.count == 0 ? 0 : count / mask.count
    total = max(mask.total * Double(run), 1)
  }

  /// Calls `body` with the position and the weight of every observed element.
  @inline(__always)
  func forEach(_ body: (_ index: Int, _ weight: Float) -> Void) {
    guard let mask else {
      for index in 0..<count { body(index, 1) }
      return
    }
    mask.withElements { mask in
      for (entry, weight) in mask.enumerated() where weight != 0 {
        for index in entry * run..<(entry + 1) * run { body(index, weight) }
      }
    }
  }
}
