import StrataTensor

/// How far a sample is from an entity's own clean time, in four ways that are wrong about different things.
///
/// - *neighbours*: the distance of the last ``window`` samples to the nearest such stretch of clean time;
/// - *shapes*: the distance of the last ``shapeWindow`` samples, standardised by themselves, to the nearest of
///   ``clusterCount`` cluster centres;
/// - *subspace*: the largest residual of a channel outside the principal subspace, over its clean size;
/// - *contrast*: the Mahalanobis distance of the mean of the last ``recent`` samples from that of the ``earlier`` before
///   them: a change against just before, whatever drifted since clean time.
///
/// Each distance is taken as `log(1 + x)` and standardised on the last fifth of clean time, which the rest of the fit
/// does not see; the score is their sum. All parts look at the past only.
///
/// References: the first three as in Sarfraz et al., "Position: Quo Vadis, Unsupervised Time Series Anomaly Detection?",
/// ICML 2024, and Schmidl, Wenig and Papenbrock, "Anomaly Detection in Time Series", VLDB 2022.
struct EntityParts: Sendable {
  static let window = 10
  static let shapeWindow = KMeansWindowScorer.windowLength
  static let clusterCount = KMeansWindowScorer.clusterCount
  static let (recent, earlier) = (5, 30)
  /// How many samples before the first that is scored have a part in its score.
  static let lead = 60
  /// How many samples of clean time the neighbours are sought in, at most; the latest.
  static let memory = 16_384
  /// How many windows cluster centres are sought among, at most: windows overlap, and few of them have the same centres.
  static let clusteredCount = 4096
  /// The share of clean time that measures the parts.
  static let measuringShare = 0.2
  /// Samples between the time that is fitted to and the time that measures.
  static let embargo = 64
  /// The share of the mean variance that is added to every direction of the contrast.
  static let shrinkage = 1e-3
  /// What a channel reads, in deviations, once it is missing for longer than ever in clean time.
  static let absentDeviation: Float = 10
  /// Nothing is further away than this many deviations, so that sums of squares stay finite.
  static let largestDeviation: Float = 1e6
  static let partCount = 4

  /// Per channel, the mean and the standard deviation of clean time.
  let columns: ColumnStatistics
  /// The longest time without a sample, per channel, in samples; −1 for a channel that is not always there.
  let longestGaps: [Int]
  /// Standardised clean samples, `[time, channel]`, one stretch after the other.
  let stretches: [NDArray]
  private let neighbors: NeighborMemory
  let centres: NDArray
  private let shapes: NeighborMemory
  let subspace: PrincipalSubspace
  let residualDeviations: [Float]
  let contrast: ShrunkGaussian
  /// Per part.
  private(set) var scales: [ScoreScale]

  init(
    columns: ColumnStatistics, longestGaps: [Int], stretches: [NDArray], centres: NDArray, subspace: PrincipalSubspace,
    residualDeviations: [Float], contrast: ShrunkGaussian, scales: [ScoreScale]
  ) {
    (self.columns, self.longestGaps, self.stretches) = (columns, longestGaps, stretches)
    (self.centres, self.subspace, self.residualDeviations) = (centres, subspace, residualDeviations)
    (self.contrast, self.scales) = (contrast, scales)
    neighbors = NeighborMemory(
      concatenate(stretches.map { trailingWindows($0, length: Self.window) }, axis: 0))
    shapes = NeighborMemory(centres)
  }

  /// Fits to clean time.
  ///
  /// - Parameters:
  ///   - clean: Stretches of clean time, `[time, channel]`, NaN where missing; no window reaches over a border.
  ///   - seed: Decides the first cluster centres.
  /// - Throws: `LinearAlgebraError`.
  /// - Precondition: Every stretch has ``SumModel/smallestSampleCount`` rows.
  init(fittedTo clean: [NDArray], seed: UInt64) throws {
    let parts = clean.map { rows in
      let count = rows.shape[0]
      let end = count - Int(Double(count) * Self.measuringShare)
      return (fitted: rows.rows(0..<max(end - min(Self.embargo, count / 10), 1)), measuring: end..<count)
    }
    let columns = ColumnStatistics(ofObserved: parts.map(\.fitted))
    let longestGaps = Self.longestGaps(in: clean)
    func standardised(_ rows: NDArray) -> NDArray {
      var gaps = [Int](repeating: -1, count: longestGaps.count)
      return Self.standardise(rows, columns, longestGaps: longestGaps, gaps: &gaps)
    }
    let fitted = parts.map { standardised($0.fitted) }
    let all = concatenate(fitted, axis: 0)
    let subspace = try PrincipalSubspace(fittedTo: all, keptVariance: PrincipalSubspaceScorer.keptVariance)
    let windows = evenlySpaced(
      concatenate(fitted.map(KMeansWindowScorer.windows), axis: 0), atMost: Self.clusteredCount)
    var generator = Generator(seed: seed)
    let seeds = KMeans.seeds(Self.clusterCount, among: windows, using: &generator)
    self.init(
      columns: columns, longestGaps: longestGaps, stretches: Self.latest(fitted),
      centres: KMeans.refine(gather(windows, rows: seeds), for: windows, limit: KMeansWindowScorer.roundLimit),
      subspace: subspace,
      residualDeviations: PrincipalSubspaceScorer.rootMeanSquares(of: subspace.residuals(of: all)),
      contrast: try ShrunkGaussian(
        fittedTo: concatenate(fitted.map { Self.contrasts(of: $0, from: 0) }, axis: 0), shrinkage: Self.shrinkage),
      scales: [])
    var measured = [[Float]](repeating: [], count: Self.partCount)
    for (rows, part) in zip(clean, parts) where !part.measuring.isEmpty {
      let first = max(part.measuring.lowerBound - Self.lead, 0)
      let standard = standardised(rows.rows(first..<rows.shape[0]))
      for (index, values) in distances(of: standard, from: part.measuring.lowerBound - first).enumerated() {
        measured[index] += values
      }
    }
    scales = measured.map { ScoreScale(of: $0) }
  }

  /// The score of every row from `first` on.
  ///
  /// A row's score depends on it and the ``lead`` rows before it, and on how many there are where these are fewer.
  ///
  /// - Parameter rows: Standardised, `[time, channel]`.
  func scores(of rows: NDArray, from first: Int) -> [Float] {
    var total = [Float](repeating: 0, count: rows.shape[0] - first)
    for (scale, distances) in zip(scales, distances(of: rows, from: first)) {
      for (index, value) in scale.standardise(distances).enumerated() { total[index] += value }
    }
    return total
  }

  /// By how much each deviation exceeds the mean of the ``lead`` rows before, of every row from `first` on; at least zero.
  ///
  /// - Parameter rows: Standardised, `[time, channel]`.
  /// - Returns: `time · channels + channel`.
  static func excess(of rows: NDArray, from first: Int) -> [Float] {
    let (count, width) = (rows.shape[0], rows.shape[1])
    var result = [Float](repeating: 0, count: (count - first) * width)
    rows.withElements { x in
      for row in first..<count {
        let before = max(row - lead, 0)..<row
        for column in 0..<width {
          let sum = before.reduce(0.0) { $0 + Double(abs(x[$1 * width + column])) }
          let usual = Float(sum / Double(max(before.count, 1)))
          result[(row - first) * width + column] = max(abs(x[row * width + column]) - usual, 0)
        }
      }
    }
    return result
  }

  /// The distances of every row from `first` on, part by part.
  private func distances(of rows: NDArray, from first: Int) -> [[Float]] {
    let scored = first..<rows.shape[0]
    return [
      neighbors.nearest(to: trailingWindows(rows, length: Self.window).rows(scored)).distances,
      shapes.nearest(to: KMeansWindowScorer.windows(rows).rows(scored)).distances,
      subspace.largestResiduals(of: rows.rows(scored), over: residualDeviations),
      contrast.distances(of: Self.contrasts(of: rows, from: first)),
    ]
  }

  /// The mean of the last ``recent`` rows less that of the ``earlier`` before them, of every row from `first` on; zero
  /// where nothing is before them.
  private static func contrasts(of rows: NDArray, from first: Int) -> NDArray {
    let (count, width) = (rows.shape[0], rows.shape[1])
    return NDArray([count - first, width]) { out in
      rows.withElements { x in
        func mean(_ range: Range<Int>, _ column: Int) -> Double {
          range.reduce(0.0) { $0 + Double(x[$1 * width + column]) } / Double(range.count)
        }
        for row in first..<count {
          let start = max(row + 1 - recent, 0)
          let before = max(start - earlier, 0)..<start
          for column in 0..<width {
            out[(row - first) * width + column] =
              before.isEmpty ? 0 : Float(mean(start..<row + 1, column) - mean(before, column))
          }
        }
      }
    }
  }

  /// The last ``memory`` rows of several stretches.
  private static func latest(_ stretches: [NDArray]) -> [NDArray] {
    var room = memory
    var kept: [NDArray] = []
    for rows in stretches.reversed() where room > 0 {
      let count = rows.shape[0]
      kept.append(count <= room ? rows : rows.rows(count - room..<count))
      room -= min(count, room)
    }
    return kept.reversed()
  }
}

extension EntityParts {
  /// Rows in deviations: zero where a sample is missing, ``absentDeviation`` where it is missing for longer than ever.
  ///
  /// - Parameter gaps: Per channel, samples since the last one; −1 before the first.
  static func standardise(
    _ rows: NDArray, _ columns: ColumnStatistics, longestGaps: [Int], gaps: inout [Int]
  ) -> NDArray {
    let width = rows.shape[1]
    return NDArray(rows.shape) { out in
      rows.withElements { x in
        for index in x.indices {
          let column = index % width
          if x[index].isFinite {
            gaps[column] = 0
            let deviation = (x[index] - columns.means[column]) / columns.deviations[column]
            out[index] = min(max(deviation, -largestDeviation), largestDeviation)
          } else {
            if gaps[column] >= 0 { gaps[column] += 1 }
            out[index] = longestGaps[column] >= 0 && gaps[column] > longestGaps[column] ? absentDeviation : 0
          }
        }
      }
    }
  }

  /// Per channel, the longest gap between samples of clean time, with as many more samples as a window has; −1 for a
  /// channel of which more than one sample in twenty is missing.
  private static func longestGaps(in stretches: [NDArray]) -> [Int] {
    let width = stretches[0].shape[1]
    return (0..<width).map { column in
      var (longest, missing, total) = (0, 0, 0)
      for rows in stretches {
        var gap = 0
        rows.withElements { x in
          for place in stride(from: column, to: x.count, by: width) {
            gap = x[place].isFinite ? 0 : gap + 1
            longest = max(longest, gap)
            missing += x[place].isFinite ? 0 : 1
            total += 1
          }
        }
      }
      return missing * 20 > total ? -1 : longest + window
    }
  }
}
