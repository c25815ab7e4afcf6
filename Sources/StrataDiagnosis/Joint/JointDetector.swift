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
  /// What of a model's output counts, and how much.
  public struct Options: Hashable, Codable, Sendable {
    /// The weight of the residual part.
    public var residualWeight: Float
    /// The weight of the density part.
    public var densityWeight: Float
    /// Samples over which scores are averaged, the present one last.
    public var smoothing: Int
    /// Share of the mean variance added to every direction of the residuals' covariance.
    public var shrinkage: Double
    /// Training features kept per entity.
    public var memory: Int

    /// Options that may be chosen without data; the defaults were chosen on corrupted training time.
    ///
    /// - Precondition: The weights are not negative and not both zero, `smoothing` and `memory` are positive.
    public init(
      residualWeight: Float = 1, densityWeight: Float = 0.25, smoothing: Int = 5, shrinkage: Double = 0.05,
      memory: Int = 6000
    ) {
      require(
        min(residualWeight, densityWeight) >= 0 && smoothing > 0 && memory > 0 && shrinkage >= 0
          && residualWeight + densityWeight > 0,
        "JointDetector: weights \(residualWeight), \(densityWeight), smoothing \(smoothing), memory \(memory), "
          + "shrinkage \(shrinkage)")
      (self.residualWeight, self.densityWeight) = (residualWeight, densityWeight)
      (self.smoothing, self.shrinkage, self.memory) = (smoothing, shrinkage, memory)
    }
  }

  /// The parts of the score, each of which may be looked at by itself.
  public enum Part: String, CaseIterable, Sendable {
    /// What the model cannot reconstruct.
    case residual
    /// How far the model's features are from those of training time.
    case density
  }

  /// The trained model.
  public let model: JointModel
  /// How its output becomes a score.
  public let options: Options
  public var name: String { "strata" }
  private var normals: [EntityPath: EntityNormal] = [:]
  private var scales: [Part: [EntityPath: ScoreScale]] = [:]

  /// A detector that is not fitted yet: the model is trained, but what is normal for each entity is not known.
  public init(_ model: JointModel, options: Options = Options()) { (self.model, self.options) = (model, options) }

  public mutating func fit(
    to training: WindowSource, validation: WindowSet<ValidationSplit>, threads: Int
  ) throws {
    let (model, options, members) = (model, options, training.segmentsByEntity)
    let entities = members.keys.sorted()
    let fitted = try parallelMap(count: entities.count, threads: threads) { (index) throws -> EntityNormal in
      let parts = try members[entities[index]]!.map { try JointFeatures(model, training, segment: $0) }
      return try EntityNormal(
        residuals: concatenate(parts.map(\.residuals), axis: 0), features: concatenate(parts.map(\.features), axis: 0),
        options: options)
    }
    normals = Dictionary(uniqueKeysWithValues: zip(entities, fitted))
    let counted = countedParts
    let parts = try map(validation, threads: threads) { normal, features in
      counted.map { normal.scores(of: $0, features) }
    }
    scales = [:]
    for (index, part) in counted.enumerated() {
      scales[part] = ScoreScale.byEntity(parts.map { $0.series($0.value[index]) })
    }
  }

  public func score<Split>(_ windows: WindowSet<Split>, threads: Int) throws -> [ScoreSeries] {
    let counted = countedParts
    return try map(windows, threads: threads) { normal, features in
      (parts: counted.map { normal.scores(of: $0, features) }, contributions: normal.contributions(of: features))
    }.map { segment in
      var scores = [Float](repeating: 0, count: segment.samples.count)
      for (part, values) in zip(counted, segment.value.parts) {
        let scale = try ScoreScale.of(segment.entity, in: scales[part] ?? [:])
        let standardised = trailingMean(scale.standardise(values), over: options.smoothing)
        for i in scores.indices { scores[i] += weight(of: part) * standardised[i] }
      }
      return segment.series(scores, contributions: segment.value.contributions)
    }
  }

  /// One part of the score by itself, neither standardised nor averaged; at least zero.
  public func score<Split>(_ part: Part, _ windows: WindowSet<Split>, threads: Int) throws -> [ScoreSeries] {
    try map(windows, threads: threads) { normal, features in normal.scores(of: part, features) }
      .map { $0.series($0.value) }
  }

  /// Runs the model over every segment and asks something of what it says.
  private func map<Split, Value: Sendable>(
    _ windows: WindowSet<Split>, threads: Int, _ ask: @Sendable (EntityNormal, JointFeatures) -> Value
  ) throws -> [SegmentValue<Value>] {
    try parallelMap(count: windows.segments.count, threads: threads) { (index) throws -> SegmentValue<Value> in
      let segment = windows.segments[index]
      guard let normal = normals[segment.entity] else {
        throw DiagnosisError("'\(segment.entity)' was not in training; what is normal for it is not known")
      }
      return SegmentValue(
        run: segment.run, entity: segment.entity, samples: segment.samples,
        value: ask(normal, try JointFeatures(model, windows, segment: index)))
    }
  }

  private var countedParts: [Part] { Part.allCases.filter { weight(of: $0) > 0 } }

  private func weight(of part: Part) -> Float {
    switch part {
    case .residual: options.residualWeight
    case .density: options.densityWeight
    }
  }
}

/// Something about one segment.
private struct SegmentValue<Value: Sendable>: Sendable {
  let run: Int
  let entity: EntityPath
  let samples: Range<Int>
  let value: Value

  func series(_ scores: [Float], contributions: NDArray? = nil) -> ScoreSeries {
    ScoreSeries(run: run, entity: entity, samples: samples, scores: scores, contributions: contributions)
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
