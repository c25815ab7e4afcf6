import StrataTensor

/// What a joint model's residuals and features look like in an entity's training time.
struct EntityNormal: Sendable {
  /// A channel whose residuals are smaller than this in training is predicted better than its own noise ever was, most
  /// often because it hardly moved. Residuals are in robust deviations of the channel, or in predicted ones; without a
  /// floor, a channel that wakes up would outweigh all others together.
  static let residualFloor = 0.5

  private let residual: ResidualGaussian
  private let featureStatistics: ColumnStatistics
  private let memory: NeighborMemory

  /// - Precondition: Both arrays have one row per sample.
  init(residuals: NDArray, features: NDArray, options: JointDetector.Options) throws {
    residual = try ResidualGaussian(fittedTo: residuals, shrinkage: options.shrinkage, floor: Self.residualFloor)
    featureStatistics = ColumnStatistics(of: features)
    memory = NeighborMemory(featureStatistics.standardise(features), limit: options.memory)
  }

  /// The largest whitened residual of every sample, or the distance of its features from those of training.
  func scores(of part: JointDetector.Part, _ features: JointFeatures) -> [Float] {
    switch part {
    case .residual: largest(of: residual.whitened(features.residuals).absolute)
    case .density: memory.nearest(to: featureStatistics.standardise(features.features)).distances
    }
  }

  /// Per channel, the size of its residual in standard deviations of training time.
  func contributions(of features: JointFeatures) -> NDArray { residual.deviations(features.residuals) }
}
