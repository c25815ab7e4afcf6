import StrataTensor

/// Distance to the nearest of the training windows.
struct NearestNeighborScorer: RowScorer {
  private let length: Int
  private let memory: NeighborMemory
  private let channelCount: Int

  init(fittedTo rows: NDArray, window length: Int) {
    self.length = length
    channelCount = rows.shape[1]
    memory = NeighborMemory(trailingWindows(rows, length: length))
  }

  func scores(of rows: NDArray) -> (scores: [Float], contributions: NDArray?) {
    let windows = trailingWindows(rows, length: length)
    let nearest = memory.nearest(to: windows)
    let offset = (length - 1) * channelCount
    let contributions = NDArray(rows.shape) { out in
      windows.withElements { x in
        memory.vectors.withElements { m in
          for row in 0..<rows.shape[0] {
            for c in 0..<channelCount {
              let own = x[row * length * channelCount + offset + c]
              out[row * channelCount + c] = abs(own - m[nearest.indices[row] * length * channelCount + offset + c])
            }
          }
        }
      }
    }
    return (nearest.distances, contributions)
  }
}
