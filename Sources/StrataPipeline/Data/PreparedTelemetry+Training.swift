public import StrataModel
public import StrataTelemetry
import StrataTensor
public import StrataTraining

extension PreparedTelemetry {
  /// What the configuration trains: its objective over training windows, with the loss measured on validation windows.
  ///
  /// - Throws: `WindowError` when no stretch is as long as a window.
  public func trainingTask() throws(WindowError) -> JointTrainingTask {
    let validation = try validationWindows()
    return JointTrainingTask(
      windows: try trainingWindows(), validation: validation.count > 0 ? validation : nil,
      objective: JointObjective(configuration.model.objective))
  }

  /// The model before training, for the channels that training time has.
  public func initialModel(seed: UInt64) -> JointModel {
    configuration.initialModel(for: scale, seed: seed)
  }

  /// Trains from the beginning to the end, in memory.
  ///
  /// - Parameters:
  ///   - seed: Decides the first parameters, the order of the windows and every random draw.
  ///   - observe: Receives the events of the training.
  public func trainedModel(seed: UInt64, observe: (TrainingEvent) throws -> Void = { _ in }) throws -> JointModel {
    var training = configuration.training
    training.seed = seed
    let trainer = try Trainer(trainingTask(), configuration: training, threads: threads)
    var state = trainer.start(with: initialModel(seed: seed))
    _ = try trainer.train(&state, observe: observe)
    return state.result
  }
}
