public import StrataModel
public import StrataNeural
public import StrataTelemetry
public import StrataTensor

/// Learning a joint model from windows of telemetry.
///
/// It takes the windows of a `TrainingSplit` to learn from and those of a `ValidationSplit` to measure the loss on; the
/// windows of a `TestSplit` have another type and cannot get here.
public struct JointTrainingTask: TrainingTask {
  /// What is learned from.
  public let windows: WindowSource
  /// What the loss is only measured on.
  public let validation: WindowSet<ValidationSplit>?
  /// The loss.
  public let objective: JointObjective
  /// A checksum of the standardised samples and of how windows are cut.
  public let dataDigest: String

  /// - Parameters:
  ///   - windows: What to learn from.
  ///   - validation: What to measure the loss on, if anything.
  ///   - objective: The loss.
  /// - Complexity: Reads every sample once, for the digest.
  public init(windows: WindowSource, validation: WindowSet<ValidationSplit>? = nil, objective: JointObjective) {
    (self.windows, self.validation, self.objective) = (windows, validation, objective)
    dataDigest = windows.digest
  }

  /// The number of windows to learn from.
  public var sampleCount: Int { windows.count }
  /// The number of windows the loss is measured on.
  public var validationCount: Int { validation?.count ?? 0 }

  /// Copies windows together; draws nothing.
  public func slice(_ samples: [Int], using generator: inout Generator) -> WindowBatch { windows.batch(samples) }

  /// Copies validation windows together.
  ///
  /// - Precondition: There are validation windows.
  public func validationSlice(_ samples: [Int]) -> WindowBatch {
    guard let validation else { fatalError("JointTrainingTask: there are no validation windows") }
    return validation.batch(samples)
  }

  /// Hides samples at random, as the objective says, and runs the model on the rest.
  public func terms(of model: JointModel, on slice: WindowBatch, in context: inout ForwardContext) -> JointTerms {
    objective.terms(of: model, slice, in: &context)
  }

  /// Judges what the model made of all windows of a batch.
  public func loss(of model: JointModel, from terms: JointTerms, threads: Int) -> ObjectiveValue {
    objective.value(of: terms, at: model, threads: threads)
  }
}
