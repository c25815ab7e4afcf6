public import StrataModel
public import StrataTelemetry
import StrataTensor

/// Scores time by what a trained joint model and what an entity's own training time leave unexplained.
///
/// Four parts, each per entity and on training time only:
/// - *residual*: what the model cannot reconstruct, in standard deviations that it predicts, compared with the nearest of
///   `memory` residuals of training time. Machines have habits that no model explains; a habit is no anomaly.
/// - *subspace*: features of all layers and the samples themselves, side by side, keep to a subspace in training time:
///   the relations between channels, and between channels and the past that the features carry. What of the channels
///   lies outside it is compared with the nearest of training time.
/// - *gaussian*: the Mahalanobis distance of samples and residuals together, averaged over the last `scales` samples:
///   nobody knows beforehand how long a fault lasts. The scales share the weight.
/// - *window*: the last `window` samples, compared with the nearest such stretch of training time.
///
/// Every score is taken as `log(1 + x)`, standardised on validation time (see ``ScoreScale``), and added with its weight;
/// the sum is averaged over the last `smoothing` samples. Channels contribute with their distance from their mean and
/// from the subspace.
///
/// References: masked reconstruction as in Zerveas et al., KDD 2021; nearest neighbours among learned features as in
/// Roth et al., "Towards Total Recall in Industrial Anomaly Detection", CVPR 2022; distance from the principal subspace
/// of features as in Ndiour et al., "Out-of-Distribution Detection With Subspace Techniques And Probabilistic Modeling
/// Of Features", 2020.
public struct JointDetector: AnomalyDetector {
  /// What of a model's output counts, and how much.
  public struct Options: Hashable, Sendable {
    /// The weight of each part; a part that is missing does not count.
    public var weights: [Part: Float]
    /// Over how many samples, the present one last, Mahalanobis distances are averaged.
    public var scales: [Int]
    /// Samples in a window that is compared with training time, the present one last.
    public var window: Int
    /// The share of the variance that the subspace holds.
    public var keptVariance: Double
    /// Share of the mean variance added to every direction of the Gaussian.
    public var shrinkage: Double
    /// Training samples kept per entity to be compared with.
    public var memory: Int
    /// Over how many samples, the present one last, the sum of the parts is averaged: fast telemetry has single odd
    /// samples that nobody wants to hear about.
    public var smoothing: Int

    /// Options that may be chosen without data; the defaults weigh all parts equally.
    ///
    /// - Precondition: Weights are not negative and not all zero; `scales` is not empty; scales, `window`, `memory`
    ///   and `smoothing` are positive; `keptVariance` is from 0 to 1; `shrinkage` is not negative.
    public init(
      weights: [Part: Float] = [.residual: 1, .subspace: 1, .gaussian: 1, .window: 1], scales: [Int] = [1, 10, 40],
      window: Int = 40, keptVariance: Double = 0.95, shrinkage: Double = 0.01, memory: Int = 4000,
      smoothing: Int = 1
    ) {
      require(
        weights.values.allSatisfy { $0 >= 0 } && weights.values.contains { $0 > 0 },
        "JointDetector: weights \(weights.map { "\($0.key) \($0.value)" }.sorted())")
      require(
        !scales.isEmpty && scales.allSatisfy { $0 > 0 } && window > 0 && (0...1).contains(keptVariance)
          && shrinkage >= 0 && memory > 0 && smoothing > 0,
        "JointDetector: scales \(scales), window \(window), kept variance \(keptVariance), shrinkage \(shrinkage), "
          + "memory \(memory), smoothing \(smoothing)")
      self.weights = weights
      (self.scales, self.window) = (scales, window)
      (self.keptVariance, self.shrinkage) = (keptVariance, shrinkage)
      (self.memory, self.smoothing) = (memory, smoothing)
    }
  }

  /// The parts of the score, each of which may be looked at by itself.
  public enum Part: String, CaseIterable, Sendable {
    /// How unlike training time the residuals of the reconstruction are.
    case residual
    /// How unlike training time that is what channels and features leave of each other.
    case subspace
    /// How far samples and residuals are from their mean in the metric of training time, once per scale.
    case gaussian
    /// How unlike any stretch of training time the last stretch is.
    case window
  }

  /// The trained model.
  public let model: JointModel
  /// How its output becomes a score.
  public let options: Options
  public var name: String { "strata" }
  private var normals: [EntityPath: EntityNormal] = [:]
  /// Per counted part and score of it.
  private var scales: [[[EntityPath: ScoreScale]]] = []

  /// A detector that is not fitted yet: the model is trained, but what is normal for each entity is not known.
  public init(_ model: JointModel, options: Options = Options()) { (self.model, self.options) = (model, options) }

  public mutating func fit(
    to training: WindowSource, validation: WindowSet<ValidationSplit>, threads: Int
  ) throws {
    let (model, options, members) = (model, options, training.segmentsByEntity)
    let entities = members.keys.sorted()
    let fitted = try parallelMap(count: entities.count, threads: threads) { (index) throws -> EntityNormal in
      let stretches = try members[entities[index]]!.map { try JointFeatures(model, training, segment: $0) }
      return try EntityNormal(stretches, options: options)
    }
    normals = Dictionary(uniqueKeysWithValues: zip(entities, fitted))
    let counted = countedParts
    let parts = try map(validation, threads: threads) { normal, reading in
      counted.map { normal.scores(of: $0, reading) }
    }
    scales = counted.indices.map { part in
      let scoresPerPart = parts.first?.value[part].count ?? 0
      return (0..<scoresPerPart).map { index in
        ScoreScale.byEntity(parts.map { $0.series($0.value[part][index]) })
      }
    }
  }

  public func score<Split>(_ windows: WindowSet<Split>, threads: Int) throws -> [ScoreSeries] {
    let counted = countedParts
    return try map(windows, threads: threads) { normal, reading in
      (parts: counted.map { normal.scores(of: $0, reading) }, contributions: reading.contributions)
    }.map { segment in
      var scores = [Float](repeating: 0, count: segment.samples.count)
      for (position, part) in counted.enumerated() {
        let weight = options.weights[part]! / Float(scales[position].count)
        for (values, scale) in zip(segment.value.parts[position], scales[position]) {
          let standardised = try ScoreScale.of(segment.entity, in: scale).standardise(values)
          for i in scores.indices { scores[i] += weight * standardised[i] }
        }
      }
      return segment.series(
        trailingMean(scores, over: options.smoothing), contributions: segment.value.contributions,
        channels: windows.scale.channelReferences)
    }
  }

  /// The scores of one part by themselves, not standardised; at least zero. One list of series per score of the part.
  public func scores<Split>(
    of part: Part, _ windows: WindowSet<Split>, threads: Int
  ) throws -> [[ScoreSeries]] {
    let segments = try map(windows, threads: threads) { normal, reading in normal.scores(of: part, reading) }
    return (0..<(segments.first?.value.count ?? 0)).map { index in segments.map { $0.series($0.value[index]) } }
  }

  /// Runs the model over every segment and asks something of what it says.
  private func map<Split, Value: Sendable>(
    _ windows: WindowSet<Split>, threads: Int, _ ask: @Sendable (EntityNormal, EntityNormal.Reading) -> Value
  ) throws -> [SegmentValue<Value>] {
    try parallelMap(count: windows.segments.count, threads: threads) { (index) throws -> SegmentValue<Value> in
      let segment = windows.segments[index]
      guard let normal = normals[segment.entity] else {
        throw DiagnosisError("'\(segment.entity)' was not in training; what is normal for it is not known")
      }
      return SegmentValue(
        run: segment.run, entity: segment.entity, samples: segment.samples,
        value: ask(normal, normal.reading(of: try JointFeatures(model, windows, segment: index))))
    }
  }

  private var countedParts: [Part] { Part.allCases.filter { options.weights[$0, default: 0] > 0 } }
}

/// Something about one segment.
private struct SegmentValue<Value: Sendable>: Sendable {
  let run: Int
  let entity: EntityPath
  let samples: Range<Int>
  let value: Value

  func series(
    _ scores: [Float], contributions: NDArray? = nil, channels: [ChannelReference] = []
  ) -> ScoreSeries {
    ScoreSeries(
      run: run, entity: entity, samples: samples, scores: scores, contributions: contributions, channels: channels)
  }
}
