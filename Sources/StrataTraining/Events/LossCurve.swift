/// The losses of one training, collected from its events.
public struct LossCurve: Sendable {
  /// A loss after some updates.
  public struct Point: Hashable, Sendable {
    /// How many updates were made, this one included.
    public let step: Int
    /// The loss.
    public let loss: Double
  }

  /// The loss of every update.
  public private(set) var training: [Point] = []
  /// The loss on validation windows, each time it was measured.
  public private(set) var validation: [Point] = []
  /// The number of trained scalars.
  public private(set) var parameterCount = 0

  /// A curve without points.
  public init() {}

  /// Takes note of an event.
  public mutating func observe(_ event: TrainingEvent) {
    switch event {
    case .started(let plan): parameterCount = plan.parameterCount
    case .step(let step): training.append(Point(step: step.step, loss: step.loss))
    case .evaluated(let evaluation): validation.append(Point(step: evaluation.step, loss: evaluation.loss))
    case .visited, .checkpointed, .ignoredCheckpoint, .finished, .interrupted: break
    }
  }
}
