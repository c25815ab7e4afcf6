import StrataTensor

/// The rows of a matrix with earlier rows before each, as one vector per row; the first row stands in for the time before
/// it.
///
/// - Parameters:
///   - rows: Shape `[rows, channel]`.
///   - length: How many rows make a vector, the row itself among them.
///   - spacing: How far these are apart.
/// - Returns: Shape `[rows, length · channel]`, oldest row first.
func trailingWindows(_ rows: NDArray, length: Int, spacing: Int = 1) -> NDArray {
  guard length > 1 else { return rows }
  let (count, width) = (rows.shape[0], rows.shape[1])
  return NDArray([count, length * width]) { out in
    rows.withElements { x in
      for row in 0..<count {
        let window = out.baseAddress! + row * length * width
        for step in 0..<length {
          let source = max(row - (length - 1 - step) * spacing, 0)
          (window + step * width).initialize(from: x.baseAddress! + source * width, count: width)
        }
      }
    }
  }
}

/// The mean of the last `count` rows at every place; of fewer at the beginning.
///
/// - Returns: The shape of `rows`.
func trailingMeans(_ rows: NDArray, over count: Int) -> NDArray {
  guard count > 1 else { return rows }
  let (height, width) = (rows.shape[0], rows.shape[1])
  return NDArray(rows.shape) { out in
    rows.withElements { x in
      for column in 0..<width {
        let means = trailingMean(over: count, of: height) { x[$0 * width + column] }
        for row in 0..<height { out[row * width + column] = means[row] }
      }
    }
  }
}

/// The mean of the last `count` values at every place; of fewer at the beginning.
func trailingMean(_ values: [Float], over count: Int) -> [Float] {
  trailingMean(over: count, of: values.count) { values[$0] }
}

@inline(__always)
private func trailingMean(over count: Int, of total: Int, _ value: (Int) -> Float) -> [Float] {
  var sum = 0.0
  return (0..<total).map { index in
    sum += Double(value(index))
    if index >= count { sum -= Double(value(index - count)) }
    return Float(sum / Double(min(index + 1, count)))
  }
}
