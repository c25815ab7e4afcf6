import StrataTensor

/// The rows of a matrix with earlier rows before each, as one vector per row; the first row stands in for the time before
/// it.
///
/// - Parameters:
///   - rows: Shape `[rows, channel]`.
///   - length: How many rows make a vector, the row itself among them.
/// - Returns: Shape `[rows, length · channel]`, oldest row first.
func trailingWindows(_ rows: NDArray, length: Int) -> NDArray {
  guard length > 1 else { return rows }
  let (count, width) = (rows.shape[0], rows.shape[1])
  return NDArray([count, length * width]) { out in
    rows.withElements { x in
      for row in 0..<count {
        let window = out.baseAddress! + row * length * width
        for step in 0..<length {
          let source = max(row - (length - 1 - step), 0)
          (window + step * width).initialize(from: x.baseAddress! + source * width, count: width)
        }
      }
    }
  }
}
