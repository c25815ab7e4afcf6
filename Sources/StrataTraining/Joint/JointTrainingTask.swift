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
  public let windows: any WindowCollection<TrainingSplit>
  /// What the loss is only measured on.
  public let validation: (any WindowCollection<ValidationSplit>)?
  /// The loss.
  public let objective: JointObjective
  /// A checksum of the samples and of how windows are cut.
  public let dataDigest: String

  /// - Parameters:
  ///   - windows: What to learn from.
  ///   - validation: What to measure the loss on, if anything.
  ///   - objective: The loss.
  /// - Complexity: Reads every sample that is in memory once, for the digest.
  public init(
    windows: any WindowCollection<TrainingSplit>, validation: (any WindowCollection<ValidationSplit>)? = nil,
    objective: JointObjective
  ) {
    (self.windows, self.validation, self.objective) = (windows, validation, objective)
    dataDigest = windows.digest
  }

  /// The number of windows to learn from.
  public var sampleCount: Int { windows.count }
  /// The blocks of stored runs that windows are in; none when all windows are in memory.
  public var parts: [SamplePart] { windows.parts.map { SamplePart(source: $0.run, count: $0.count) } }
  /// The number of windows the loss is measured on.
  public var validationCount: Int { validation?.count ?? 0 }

  /// Copies windows together; draws nothing.
  ///
  /// - Throws: When stored samples cannot be read.
  public func slice(_ samples: [Int], using generator: inout Generator) throws -> WindowBatch {
    try windows.windows(samples)
  }

  /// Copies validation windows together.
  ///
  /// - Throws: When stored samples cannot be read.
  /// - Precondition: There are validation windows.
  public func validationSlice(_ samples: [Int]) throws -> WindowBatch {
    guard let validation else { fatalError("JointTrainingTask: there are no validation windows") }
    return try validation.windows(samples)
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
