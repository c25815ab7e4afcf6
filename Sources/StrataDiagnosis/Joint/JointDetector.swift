public import StrataModel
public import StrataTelemetry
import StrataTensor

/// Scores time by what a trained joint model cannot explain: the residual of its reconstruction, and how far its
/// features lie from those of training time.
///
/// Per entity, on training time only:
/// - *residual*: the residuals of all channels are whitened by their covariance, and the largest component counts. What
///   the model leaves unexplained is correlated between channels (of all layers); a deviation that breaks the
///   correlation counts more than one along it.
/// - *density*: distance of the standardised features to the nearest of `memory` training features.
///
/// Both are taken as `log(1 + x)`, standardised on validation time (see ``ScoreScale``), averaged over the last
/// `smoothing` samples and added with their weights. Channels contribute with the size of their residual in standard
/// deviations of training time.
///
/// References: masked reconstruction as in Zerveas et al., KDD 2021; nearest neighbours among learned features as in
/// Roth et al., "Towards Total Recall in Industrial Anomaly Detection", CVPR 2022.
public struct JointDetector: AnomalyDetector {
  public struct Options: Hashable, Codable, Sendable {
    public var residualWeight: Float
    public var densityWeight: Float
    /// Samples over which scores are averaged, the present one last.
    public var smoothing: Int
    /// Share of the mean variance added to every direction of the residuals' covariance.
    public var shrinkage: Double
    /// Training features kept per entity.
    public var memory: Int

    /// - Precondition: The weights are not negative, `smoothing` and `memory` are positive.
    public init(
      residualWeight: Float = 1, densityWeight: Float = 0.25, smoothing: Int = 5, shrinkage: Double = 0.05,
      memory: Int = 6000
    ) {
      require(
        min(residualWeight, densityWeight) >= 0 && smoothing > 0 && memory > 0 && shrinkage >= 0,
        "JointDetector: weights \(residualWeight), \(densityWeight), smoothing \(smoothing), memory \(memory), "
          + "shrinkage \(shrinkage)")
      (self.residualWeight, self.densityWeight) = (residualWeight, densityWeight)
      (self.smoothing, self.shrinkage, self.memory) = (smoothing, shrinkage, memory)
    }
  }

  /// The parts of the score, each of which may be looked at by itself.
  public enum Part: String, CaseIterable, Sendable {
    case residual, density
  }

  public let model: JointModel
  public let options: Options
  public var name: String { "strata" }
  private var normals: [EntityPath: EntityNormal] = [:]
  private var scales: [Part: [EntityPath: ScoreScale]] = [:]

  public init(_ model: JointModel, options: Options = Options()) { (self.model, self.options) = (model, options) }

  public mutating func fit(
    to training: WindowSource, validation: WindowSet<ValidationSplit>, threads: Int
  ) throws {
    let (model, options, members) = (model, options, training.segmentsByEntity)
    let entities = members.keys.sorted()
    let fitted = try parallelMap(count: entities.count, threads: threads) { (index) throws -> EntityNormal in
      let parts = members[entities[index]]!.map { JointFeatures(model, training, segment: $0) }
      return try EntityNormal(
        residuals: concatenate(parts.map(\.residuals), axis: 0), features: concatenate(parts.map(\.features), axis: 0),
        options: options)
    }
    normals = Dictionary(uniqueKeysWithValues: zip(entities, fitted))
    for part in Part.allCases {
      scales[part] = ScoreScale.byEntity(try score(part, validation, threads: threads))
    }
  }

  public func score<Split>(_ windows: WindowSet<Split>, threads: Int) throws -> [ScoreSeries] {
    try parallelMap(count: windows.segments.count, threads: threads) { (index) throws -> ScoreSeries in
      let segment = windows.segments[index]
      let normal = try normal(of: segment.entity)
      let features = JointFeatures(model, windows, segment: index)
      var scores = [Float](repeating: 0, count: segment.samples.count)
      for part in Part.allCases where weight(of: part) > 0 {
        let scale = try ScoreScale.of(segment.entity, in: scales[part] ?? [:])
        let values = trailingMean(scale.standardise(normal.scores(of: part, features)), over: options.smoothing)
        for i in scores.indices { scores[i] += weight(of: part) * values[i] }
      }
      return ScoreSeries(
        run: segment.run, entity: segment.entity, samples: segment.samples, scores: scores,
        contributions: normal.contributions(of: features))
    }
  }

  /// One part of the score by itself, neither standardised nor averaged.
  public func score<Split>(_ part: Part, _ windows: WindowSet<Split>, threads: Int) throws -> [ScoreSeries] {
    try parallelMap(count: windows.segments.count, threads: threads) { (index) throws -> ScoreSeries in
      let segment = windows.segments[index]
      let scores = try normal(of: segment.entity).scores(of: part, JointFeatures(model, windows, segment: index))
      return ScoreSeries(run: segment.run, entity: segment.entity, samples: segment.samples, scores: scores)
    }
  }

  private func weight(of part: Part) -> Float {
    switch part {
    case .residual: options.residualWeight
    case .density: options.densityWeight
    }
  }

  private func normal(of entity: EntityPath) throws -> EntityNormal {
    guard let normal = normals[entity] else {
      throw DiagnosisError("'\(entity)' was not in training; what is normal for it is not known")
    }
    return normal
  }
}

/// The mean of the last `count` values at every place; of fewer at the beginning.
func trailingMean(_ values: [Float], over count: Int) -> [Float] {
  var sum = 0.0
  return values.indices.map { index in
    sum += Double(values[index])
    if index >= count { sum -= Double(values[index - count]) }
    return Float(sum / Double(min(index + 1, count)))
  }
}
