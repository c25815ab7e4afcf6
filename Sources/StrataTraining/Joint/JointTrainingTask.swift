public import StrataModel
public import StrataNeural
public import StrataTelemetry
public import StrataTensor

/// Learning a joint model from windows of telemetry.
///
/// It takes the windows of a `TrainingSplit` to learn from and those of a `ValidationSplit` to measure the loss on; the
/// windows of a `TestSplit` have another type and cannot get here.
public struct JointTrainingTask: TrainingTask {
  public let windows: WindowSource
  public let validation: WindowSet<ValidationSplit>?
  public let objective: JointObjective
  /// A checksum of the standardised samples and of how windows are cut.
  public let dataDigest: String

  /// - Complexity: Reads every sample once, for the digest.
  public init(windows: WindowSource, validation: WindowSet<ValidationSplit>? = nil, objective: JointObjective) {
    (self.windows, self.validation, self.objective) = (windows, validation, objective)
    dataDigest = windows.digest
  }

  public var sampleCount: Int { windows.count }
  public var validationCount: Int { validation?.count ?? 0 }

  public func slice(_ samples: [Int], using generator: inout Generator) -> WindowBatch { windows.batch(samples) }

  public func validationSlice(_ samples: [Int]) -> WindowBatch {
    guard let validation else { fatalError("JointTrainingTask: there are no validation windows") }
    return validation.batch(samples)
  }

  public func loss(of model: JointModel, on slice: WindowBatch, in context: inout ForwardContext) -> ObjectiveValue {
    objective(model, slice, in: &context)
  }
}
