package import StrataTelemetry
package import StrataTensor

/// The simple methods that a learned detector has to beat.
public enum Baseline: String, CaseIterable, Codable, Sendable {
  /// Uniform random numbers: the floor of every metric.
  case random
  /// The length of the vector of z-scores.
  case norm = "l2-norm"
  /// The largest robust z-score: distance from the median over the interquartile range.
  case robustZ = "robust-z"
  /// Mean squared distance from the principal subspace that holds 90 % of the variance.
  case pca
  /// The same, each channel's residual over its training deviation, largest first.
  case normalizedPCA = "pca-normalized"
  /// Mahalanobis distance from the mean.
  case mahalanobis
  /// Distance of windows from the nearest of ten cluster centres.
  case kMeans = "k-means"
  /// Distance to the nearest training sample.
  case nearestPoint = "1-nn-points"
  /// Distance of a window of ten samples to the nearest training window.
  case nearestWindow = "1-nn-windows"

  /// Whether its scores depend on a seed.
  public var isRandomised: Bool { self == .random || self == .kMeans }
}

/// A baseline, fitted to each entity by itself on z-scores of its training time.
package struct BaselineDetector: Sendable {
  private let baseline: Baseline
  private let seed: UInt64
  private var fits: [EntityPath: (statistics: ColumnStatistics, scorer: any RowScorer)] = [:]

  /// A detector that is not fitted yet.
  ///
  /// - Parameters:
  ///   - baseline: The method.
  ///   - seed: Decides the random numbers of ``Baseline/random`` and the first centres of ``Baseline/kMeans``.
  package init(_ baseline: Baseline, seed: UInt64 = 1) { (self.baseline, self.seed) = (baseline, seed) }

  /// Learns what is normal from training time, which only a training split can make: no baseline can be fitted to test
  /// data. The result does not depend on `threads`.
  package mutating func fit(to training: WindowSource, threads: Int) throws {
    let (baseline, seed, members) = (baseline, seed, training.segmentsByEntity)
    let entities = members.keys.sorted()
    let fitted = try parallelMap(count: entities.count, threads: threads) {
      (index) throws -> (statistics: ColumnStatistics, scorer: any RowScorer) in
      let stretches = members[entities[index]]!.map { SegmentMatrix(training, segment: $0).ownRows }
      let statistics = ColumnStatistics(of: concatenate(stretches, axis: 0))
      var generator = Generator(seed: seed &+ UInt64(index) &* 0x9E37_79B9_7F4A_7C15)
      return (
        statistics, try baseline.scorer(fittedTo: stretches.map(statistics.standardise), using: &generator)
      )
    }
    fits = Dictionary(uniqueKeysWithValues: zip(entities, fitted))
  }

  /// Scores every sample of every segment, in the order of the segments. The result does not depend on `threads`.
  package func score<Split>(_ windows: WindowSet<Split>, threads: Int) throws -> [ScoreSeries] {
    try parallelMap(count: windows.segments.count, threads: threads) { (index) throws -> ScoreSeries in
      let matrix = SegmentMatrix(windows, segment: index)
      guard let fit = fits[matrix.entity] else {
        throw DiagnosisError(
          "'\(matrix.entity)' was not in training; \(baseline.rawValue) is fitted to each entity by itself")
      }
      let result = fit.scorer.scores(of: fit.statistics.standardise(matrix.values))
      return ScoreSeries(
        run: matrix.run, entity: matrix.entity, samples: matrix.samples,
        scores: Array(result.scores[matrix.lead...]),
        contributions: result.contributions.map {
          // What rounding leaves of a column without values is no contribution.
          $0.rows(matrix.lead..<$0.shape[0]).clearing(columns: windows.scale.covariatePositions)
        }, channels: result.contributions == nil ? [] : windows.scale.channelReferences)
    }
  }
}

/// A fitted baseline: scores the rows of a matrix of z-scores in time.
package protocol RowScorer: Sendable {
  /// One score per row, and what each channel has to do with it; neither is negative.
  func scores(of rows: NDArray) -> (scores: [Float], contributions: NDArray?)
}

extension Baseline {
  /// Fits the baseline to stretches of z-scores, each of shape `[time, channel]`; no window reaches over a border.
  func scorer(fittedTo stretches: [NDArray], using generator: inout Generator) throws -> any RowScorer {
    let rows = concatenate(stretches, axis: 0)
    return switch self {
    case .random: RandomScorer(generator: generator.split())
    case .norm: NormScorer()
    case .robustZ: RobustZScorer(fittedTo: rows)
    case .pca: try PrincipalSubspaceScorer(fittedTo: rows, isNormalized: false)
    case .normalizedPCA: try PrincipalSubspaceScorer(fittedTo: rows, isNormalized: true)
    case .mahalanobis: MahalanobisScorer(gaussian: try ShrunkGaussian(fittedTo: rows, shrinkage: 1e-3))
    case .kMeans: KMeansWindowScorer(fittedTo: stretches, using: &generator)
    case .nearestPoint: NearestNeighborScorer(fittedTo: stretches, window: 1)
    case .nearestWindow: NearestNeighborScorer(fittedTo: stretches, window: 10)
    }
  }
}
