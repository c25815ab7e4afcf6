import StrataTensor

/// What samples and a joint model's output look like in an entity's training time.
struct EntityNormal: Sendable {
  /// A channel whose residuals are smaller than this in training is predicted better than its own noise ever was, most
  /// often because it hardly moved. Residuals are in robust deviations of the channel, or in predicted ones; without a
  /// floor, a channel that wakes up would outweigh all others together.
  static let residualFloor = 0.5
  /// The same for what lies outside the subspace, in deviations of the column.
  static let remainderFloor = 0.02
  /// Deviations beyond this count as this large where neighbours are sought, so that one channel cannot hide the others.
  static let largestDeviation: Float = 15
  /// Into how many means, at most, a window is divided.
  static let windowSteps = 10

  private let residuals: ColumnStatistics
  private let residualMemory: NeighborMemory
  private let columns: ColumnStatistics
  private let subspace: PrincipalSubspace
  private let remainders: ColumnStatistics
  private let remainderMemory: NeighborMemory
  private let gaussian: ShrunkGaussian
  private let windowMemory: NeighborMemory
  private let options: JointDetector.Options

  /// - Parameter stretches: Training time, one after the other; no window reaches over a border.
  /// - Throws: `LinearAlgebraError` when the model's output is not finite.
  /// - Precondition: There is at least one row.
  init(_ stretches: [JointFeatures], options: JointDetector.Options) throws {
    self.options = options
    let residualRows = concatenate(stretches.map(\.residuals), axis: 0)
    let columnRows = concatenate(stretches.map(\.columns), axis: 0)
    residuals = ColumnStatistics(of: residualRows, floor: Self.residualFloor)
    let deviations = Self.limited(residuals.standardise(residualRows))
    residualMemory = NeighborMemory(deviations, limit: options.memory)

    columns = ColumnStatistics(of: columnRows)
    let standardised = columns.standardise(columnRows)
    subspace = try PrincipalSubspace(fittedTo: standardised, keptVariance: options.keptVariance)
    let outside = subspace.residuals(of: standardised)
    remainders = ColumnStatistics(of: outside, floor: Self.remainderFloor)
    let channels = stretches[0].channelColumns
    remainderMemory = NeighborMemory(
      Self.limited(remainders.standardise(outside).columns(channels)), limit: options.memory)

    gaussian = try ShrunkGaussian(
      fittedTo: concatenate([standardised.columns(channels), deviations], axis: 1), shrinkage: options.shrinkage)
    let (columns, window) = (columns, options.window)
    windowMemory = NeighborMemory(
      concatenate(
        stretches.map { Self.windows(columns.standardise($0.columns).columns(channels), length: window) }, axis: 0),
      limit: options.memory)
  }

  /// A stretch of time in the terms of training time; every array has one row per sample and one column per channel.
  struct Reading {
    /// Residuals of the reconstruction, in deviations, limited.
    let residuals: NDArray
    /// Samples, in deviations from their mean.
    let samples: NDArray
    /// What of the samples lies outside the subspace, in deviations.
    let remainders: NDArray

    /// Per channel, how far it is from its mean and from where the other channels and the features put it.
    var contributions: NDArray { abs(samples) + abs(remainders) }
  }

  /// What the model says about a stretch, held against training time.
  func reading(of features: JointFeatures) -> Reading {
    let standardised = columns.standardise(features.columns)
    let outside = remainders.standardise(subspace.residuals(of: standardised))
    return Reading(
      residuals: Self.limited(residuals.standardise(features.residuals)),
      samples: standardised.columns(features.channelColumns), remainders: outside.columns(features.channelColumns))
  }

  /// One or several scores of every sample, none negative.
  func scores(of part: JointDetector.Part, _ reading: Reading) -> [[Float]] {
    switch part {
    case .residual: return [residualMemory.nearest(to: reading.residuals).distances]
    case .subspace: return [remainderMemory.nearest(to: Self.limited(reading.remainders)).distances]
    case .window: return [windowMemory.nearest(to: Self.windows(reading.samples, length: options.window)).distances]
    case .gaussian:
      let whitened = gaussian.whitened(concatenate([reading.samples, reading.residuals], axis: 1))
      let width = Double(whitened.shape[1])
      let energies = squaredLengths(of: whitened).map { Float($0 / width) }
      return options.scales.map { trailingMean(energies, over: $0).map { max($0, 0).squareRoot() } }
    }
  }

  private static func limited(_ rows: NDArray) -> NDArray {
    mapColumns(of: rows) { value, _ in min(max(value, -largestDeviation), largestDeviation) }
  }

  /// The last `length` rows before and at every row, as the means of equal parts; a rest of less than a part is left out.
  private static func windows(_ rows: NDArray, length: Int) -> NDArray {
    let part = (length + windowSteps - 1) / windowSteps
    return trailingWindows(trailingMeans(rows, over: part), length: length / part, spacing: part)
  }
}
