import StrataTensor

/// Distance to the nearest of the training windows.
struct NearestNeighborScorer: RowScorer {
  private let length: Int
  private let memory: NeighborMemory
  private let channelCount: Int

  init(fittedTo stretches: [NDArray], window length: Int) {
    self.length = length
    channelCount = stretches[0].shape[1]
    memory = NeighborMemory(concatenate(stretches.map { trailingWindows($0, length: length) }, axis: 0))
  }

  /// Channels contribute with their distance to the newest sample of the nearest window.
  func scores(of rows: NDArray) -> (scores: [Float], contributions: NDArray?) {
    let nearest = memory.nearest(to: trailingWindows(rows, length: length))
    let width = length * channelCount
    let contributions = NDArray(rows.shape) { out in
      rows.withElements { x in
        memory.vectors.withElements { m in
          for row in 0..<rows.shape[0] {
            let newest = (nearest.indices[row] + 1) * width - channelCount
            for c in 0..<channelCount {
              out[row * channelCount + c] = abs(x[row * channelCount + c] - m[newest + c])
            }
          }
        }
      }
    }
    return (nearest.distances, contributions)
  }
}
