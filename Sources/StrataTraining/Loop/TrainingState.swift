public import StrataTensor

/// Everything a training needs in order to go on: what a checkpoint holds.
public struct TrainingState<Model: Module>: Sendable {
  var trained: TrainableParameters<Model>
  var optimizer: any Optimizer
  /// The averaged model, if the configuration asks for one.
  public internal(set) var average: ExponentialMovingAverage<Model>?
  /// The number of updates made.
  public internal(set) var step = 0
  /// The lowest validation loss so far, and the number of updates before it was measured.
  public internal(set) var best: BestEvaluation?
  /// The source of every random draw still to come.
  var generator: Generator

  init(starting model: Model, with configuration: TrainingConfiguration) {
    trained = TrainableParameters(of: model, where: configuration.isTrained)
    optimizer = configuration.optimizer
    average = configuration.average.map { ExponentialMovingAverage(of: model, decay: $0) }
    generator = Generator(seed: configuration.seed)
  }

  /// The model with its latest parameters.
  public var model: Model { trained.base }

  /// The model to use: the average where there is one, else the latest.
  public var result: Model { average?.model ?? model }
}

/// The lowest validation loss of a training.
public struct BestEvaluation: Equatable, Codable, Sendable {
  /// The number of updates made before it was measured.
  public let step: Int
  /// The mean loss over the validation windows.
  public let loss: Double
}

/// How a training ended.
public enum TrainingOutcome: Equatable, Sendable {
  /// All steps are done.
  case finished
  /// A signal came; where checkpoints are written, the last one holds the state.
  case interrupted(InterruptionSignal)
}

/// Why a training cannot go on.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// The first part of the loss, in their order, that is not finite.
  case lossNotFinite(step: Int, part: String, value: Double)
  /// The first parameter, in visiting order, whose gradient is not finite.
  case gradientNotFinite(step: Int, parameter: String)
  /// The task has no samples to learn from.
  case noSamples

  public var description: String {
    switch self {
    case .lossNotFinite(let step, let part, let value):
      "training stopped at step \(step): the loss part '\(part)' is \(value)"
    case .gradientNotFinite(let step, let parameter):
      "training stopped at step \(step): the gradient of '\(parameter)' is not finite"
    case .noSamples: "there are no samples to learn from"
    }
  }
}
