import StrataTensor

/// Distance of windows to the nearest cluster centre, averaged over the windows that hold a sample.
///
/// Every window is standardised by itself, so that centres are shapes.
///
/// Reference: Yairi, Kato and Hori, "Fault detection by mining association rules from house-keeping data", 2001; as
/// `KMeansAD` in Schmidl, Wenig and Papenbrock, "Anomaly Detection in Time Series", VLDB 2022.
struct KMeansWindowScorer: RowScorer {
  static let windowLength = 40
  static let clusterCount = 10
  static let iterationLimit = 50
  private let centres: NeighborMemory

  init(fittedTo rows: NDArray, using generator: inout Generator) {
    centres = NeighborMemory(Self.centres(of: Self.windows(rows), using: &generator))
  }

  func scores(of rows: NDArray) -> (scores: [Float], contributions: NDArray?) {
    let distances = centres.nearest(to: Self.windows(rows)).distances
    let count = rows.shape[0]
    var sums = [Double](repeating: 0, count: count + 1)
    for (index, distance) in distances.enumerated() { sums[index + 1] = sums[index] + Double(distance) }
    let scores = (0..<count).map { sample in
      // The windows that hold the sample end at it or up to one length later.
      let last = min(sample + Self.windowLength, count)
      return Float((sums[last] - sums[sample]) / Double(last - sample))
    }
    return (scores, nil)
  }

  private static func windows(_ rows: NDArray) -> NDArray {
    let windows = trailingWindows(rows, length: windowLength)
    let width = windows.shape[1]
    return NDArray(windows.shape) { out in
      windows.withElements { x in
        for row in 0..<windows.shape[0] {
          let window = x[row * width..<(row + 1) * width]
          let mean = window.reduce(0.0) { $0 + Double($1) } / Double(width)
          let variance = window.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(max(width - 1, 1))
          let deviation = max(variance.squareRoot(), 1e-6)
          for i in 0..<width { out[row * width + i] = Float((Double(window[row * width + i]) - mean) / deviation) }
        }
      }
    }
  }

  /// Lloyd's algorithm from k-means++ seeds (Arthur and Vassilvitskii, 2007).
  private static func centres(of windows: NDArray, using generator: inout Generator) -> NDArray {
    let (count, width) = (windows.shape[0], windows.shape[1])
    var chosen = [generator.index(below: count)]
    var nearest = NeighborMemory(windows.rows(chosen[0]..<chosen[0] + 1)).nearest(to: windows).distances
    while chosen.count < min(clusterCount, count) {
      let total = nearest.reduce(0.0) { $0 + Double($1) * Double($1) }
      var remaining = generator.uniformDouble() * total
      var next = count - 1
      for (index, distance) in nearest.enumerated() {
        remaining -= Double(distance) * Double(distance)
        if remaining <= 0 { next = index; break }
      }
      chosen.append(next)
      let distances = NeighborMemory(windows.rows(next..<next + 1)).nearest(to: windows).distances
      nearest = zip(nearest, distances).map { Swift.min($0, $1) }
    }
    var centres = gather(windows, rows: chosen)
    var assignment: [Int] = []
    for _ in 0..<iterationLimit {
      let next = NeighborMemory(centres).nearest(to: windows).indices
      if next == assignment { break }
      assignment = next
      centres = means(of: windows, by: assignment, previous: centres, width: width)
    }
    return centres
  }

  /// The mean of every cluster; an empty one stays where it was.
  private static func means(of windows: NDArray, by assignment: [Int], previous: NDArray, width: Int) -> NDArray {
    let clusters = previous.shape[0]
    var sums = [Double](repeating: 0, count: clusters * width)
    var counts = [Int](repeating: 0, count: clusters)
    windows.withElements { x in
      for (row, cluster) in assignment.enumerated() {
        counts[cluster] += 1
        for i in 0..<width { sums[cluster * width + i] += Double(x[row * width + i]) }
      }
    }
    let old = previous.elements
    return NDArray(
      previous.shape,
      sums.indices.map { counts[$0 / width] == 0 ? old[$0] : Float(sums[$0] / Double(counts[$0 / width])) })
  }
}
