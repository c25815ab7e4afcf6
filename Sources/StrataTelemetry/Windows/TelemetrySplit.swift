/// A stretch of one run that belongs to one split.
public struct SplitRegion: Hashable, Codable, Sendable {
  /// The position of the run in the split's list.
  public let run: Int
  /// The entities whose windows belong to the split.
  public let entities: [EntityPath]
  /// The entities whose samples may be seen, as peers of the others: never one of a later split.
  public let visible: [EntityPath]
  /// The samples that belong to the split: windows end inside.
  public let samples: Range<Int>
  /// The samples that windows may reach back to; begins before `samples` where the past is known when the split begins.
  public let context: Range<Int>
}

/// Some part of the telemetry, set aside for one purpose.
///
/// The three purposes are three types, so that a training loop which takes a ``TrainingSplit`` cannot be handed test
/// data. They are made together by ``DataSplits``.
public protocol TelemetrySplit: Sendable {
  /// What errors call it.
  static var name: String { get }
  /// The runs that the split was made from.
  var runs: [Run] { get }
  /// The parts of the runs that belong to the split.
  var regions: [SplitRegion] { get }
  /// The samples left out between this split and the next one in time; `nil` where splits share no series.
  var embargo: Int? { get }
}

/// What a model may learn from: parameters, scales, everything fitted.
public struct TrainingSplit: TelemetrySplit {
  public static let name = "training"
  public let runs: [Run]
  public let regions: [SplitRegion]
  public let embargo: Int?

  init(runs: [Run], regions: [SplitRegion], embargo: Int?) {
    (self.runs, self.regions, self.embargo) = (runs, regions, embargo)
  }
}

/// What thresholds, calibration and the choice between models may look at.
public struct ValidationSplit: TelemetrySplit {
  public static let name = "validation"
  public let runs: [Run]
  public let regions: [SplitRegion]
  public let embargo: Int?

  init(runs: [Run], regions: [SplitRegion], embargo: Int?) {
    (self.runs, self.regions, self.embargo) = (runs, regions, embargo)
  }
}

/// What a finished detector is judged on.
public struct TestSplit: TelemetrySplit {
  public static let name = "test"
  public let runs: [Run]
  public let regions: [SplitRegion]
  public let embargo: Int?

  init(runs: [Run], regions: [SplitRegion], embargo: Int?) {
    (self.runs, self.regions, self.embargo) = (runs, regions, embargo)
  }

  /// Everything in `runs`, for a detector that was trained elsewhere.
  public init(everythingIn runs: [Run]) {
    self.init(runs: runs, regions: runs.indices.map { SplitRegion(everythingIn: runs, $0) }, embargo: nil)
  }
}

extension SplitRegion {
  /// All samples and entities of the run at `index`.
  init(everythingIn runs: [Run], _ index: Int) {
    let entities = runs[index].entities
    self.init(
      run: index, entities: entities, visible: entities, samples: 0..<runs[index].sampleCount,
      context: 0..<runs[index].sampleCount)
  }
}
