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
        let window = out.baseAddress! + row * length * width
        let missing = max(length - 1 - row, 0)
        for step in 0..<missing { (window + step * width).initialize(from: x.baseAddress!, count: width) }
        (window + missing * width).initialize(
          from: x.baseAddress! + (row + 1 - length + missing) * width, count: (length - missing) * width)
      }
    }
  }
}
