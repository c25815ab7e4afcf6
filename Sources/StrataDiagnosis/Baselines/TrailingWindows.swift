import StrataTensor

/// The rows of a matrix with the `length - 1` rows before each, as one vector per row; the first row stands in for the
/// time before it.
///
/// - Returns: Shape `[rows, length · channel]`, oldest row first.
func trailingWindows(_ rows: NDArray, length: Int) -> NDArray {
  guard length > 1 else { return rows }
  let (count, width) = (rows.shape[0], rows.shape[1])
  return NDArray([count, length * width]) { out in
    rows.withElements { x in
      for row in 0..<count {
        for step in 0..<length {
          let source = max(row - (length - 1) + step, 0) * width
          let target = (row * length + step) * width
          for column in 0..<width { out[target + column] = x[source + column] }
        }
      }
    }
  }
}
