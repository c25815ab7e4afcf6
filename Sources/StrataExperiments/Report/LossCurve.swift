public import StrataTraining

/// The losses of one training, collected from its events.
public struct LossCurve: Sendable {
  public struct Point: Hashable, Sendable {
    public let step: Int
    public let loss: Double
  }

  public private(set) var training: [Point] = []
  public private(set) var validation: [Point] = []
  public private(set) var parameterCount = 0

  public init() {}

  /// Takes note of an event.
  public mutating func observe(_ event: TrainingEvent) {
    switch event {
    case .started(let plan): parameterCount = plan.parameterCount
    case .step(let step): training.append(Point(step: step.step, loss: step.loss))
    case .evaluated(let evaluation): validation.append(Point(step: evaluation.step, loss: evaluation.loss))
    case .checkpointed, .ignoredCheckpoint, .finished, .interrupted: break
    }
  }
}
