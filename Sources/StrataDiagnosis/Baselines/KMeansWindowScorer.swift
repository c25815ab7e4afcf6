package import StrataTensor

/// Distance of windows to the nearest cluster centre, averaged over the windows that hold a sample.
///
/// Every window is standardised by itself, so that centres are shapes. A score looks up to a window ahead.
///
/// Reference: Yairi, Kato and Hori, "Fault detection by mining association rules from house-keeping data", 2001; as
/// `KMeansAD` in Schmidl, Wenig and Papenbrock, "Anomaly Detection in Time Series", VLDB 2022.
package struct KMeansWindowScorer: RowScorer {
  static let windowLength = 40
  static let clusterCount = 10
  static let roundLimit = 50
  private let centres: NeighborMemory

  init(fittedTo stretches: [NDArray], using generator: inout Generator) {
    let windows = concatenate(stretches.map(Self.windows), axis: 0)
    let seeds = KMeans.seeds(Self.clusterCount, among: windows, using: &generator)
    self.init(centres: KMeans.refine(gather(windows, rows: seeds), for: windows, limit: Self.roundLimit))
  }

  /// - Precondition: `centres` has shape `[clusters, length · channel]`.
  package init(centres: NDArray) { self.centres = NeighborMemory(centres) }

  package func scores(of rows: NDArray) -> (scores: [Float], contributions: NDArray?) {
    let distances = centres.nearest(to: Self.windows(rows)).distances
    let count = rows.shape[0]
    var sums = [Double](repeating: 0, count: count + 1)
    for (index, distance) in distances.enumerated() { sums[index + 1] = sums[index] + Double(distance) }
    let scores = (0..<count).map { sample in
      // The windows that hold the sample end at it or up to one length later.
      let end = min(sample + Self.windowLength, count)
      return Float((sums[end] - sums[sample]) / Double(end - sample))
    }
    return (scores, nil)
  }

  /// The trailing window of every row, less its mean and over its deviation.
  package static func windows(_ rows: NDArray) -> NDArray {
    var windows = trailingWindows(rows, length: windowLength)
    let (count, width) = (windows.shape[0], windows.shape[1])
    windows.withMutableElements { x in
      for row in 0..<count {
        let window = UnsafeMutableBufferPointer(rebasing: x[row * width..<(row + 1) * width])
        let moments = Moments(UnsafeBufferPointer(window))
        let deviation = max(moments.sampleDeviation, 1e-6)
        for i in 0..<width { window[i] = Float((Double(window[i]) - moments.mean) / deviation) }
      }
    }
    return windows
  }
}
