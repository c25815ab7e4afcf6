public import StrataDiagnosis
import StrataModel
import StrataTensor
public import StrataTraining

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A training in a run folder, from the first file to the last: checkpoints, metrics, and at the end the model.
///
/// ```swift
/// let data = try TrainingData(runs, configuration: .standard(), threads: 2)
/// let outcome = try TrainingSession(data, folder: RunFolder("run"), threads: 2).run { print($0.jsonLine) }
/// ```
/// The same data, configuration and seed give the same model, bit for bit, on any number of threads and across
/// interruptions: whatever ends the process, the next session goes on from the newest checkpoint.
public struct TrainingSession: Sendable {
  /// Where a training begins.
  public enum Start: Hashable, Sendable {
    /// The newest checkpoint in the run folder, if there is one.
    case newestCheckpoint
    /// The beginning, in a folder without checkpoints.
    case beginning
    /// The newest checkpoint in another run folder, or in a folder of checkpoints.
    case checkpoints(in: String)
  }

  /// A finished training.
  public struct Result: Sendable {
    /// The trained model with everything that is needed to use it.
    public let pipeline: TrainedPipeline
    /// How many updates were made, by this process and those before.
    public let steps: Int
    /// The losses of this process's updates.
    public let curve: LossCurve
  }

  /// How a session ended.
  public enum Outcome: Sendable {
    /// All updates are made.
    case finished(Result)
    /// A signal ended it; a checkpoint was written.
    case interrupted(InterruptionSignal)
  }

  /// What is learned from.
  public let data: TrainingData
  /// Where the files go.
  public let folder: RunFolder
  private let start: Start
  private let trainer: Trainer<JointTrainingTask>

  /// Checks that a training can begin; writes nothing.
  ///
  /// - Parameters:
  ///   - data: What is learned from.
  ///   - folder: Where the files go; it is made when the session runs.
  ///   - start: Where the training begins.
  ///   - threads: How many threads work; the result does not depend on it.
  /// - Throws: ``TrainingSessionError`` when the folder is not as `start` wants it.
  public init(
    _ data: TrainingData, folder: RunFolder, start: Start = .newestCheckpoint, threads: Int
  ) throws {
    (self.data, self.folder, self.start) = (data, folder, start)
    if case .checkpoints(let path) = start, !FileManager.default.fileExists(atPath: path) {
      throw TrainingSessionError.missing(path: path)
    }
    if start != .newestCheckpoint, Checkpoint.latest(in: folder.checkpoints).checkpoint != nil {
      throw TrainingSessionError.holdsCheckpoints(path: folder.checkpoints)
    }
    trainer = try Trainer(
      data.task, configuration: data.configuration.training, threads: threads,
      checkpoints: CheckpointFolder(path: folder.checkpoints, configuration: data.configuration.canonicalText))
  }

  /// Trains to the end, or to an interruption.
  ///
  /// - Parameters:
  ///   - observe: Receives the events, in their order, on the calling thread; what it throws ends the training.
  ///   - interruption: Asked after each update; a signal ends the training after a checkpoint. `Interruption.received`
  ///     makes it heed signals that are noted.
  /// - Throws: ``TrainingSessionError`` when another process trains in the folder or it cannot be written,
  ///   `TrainingFileError` for a checkpoint of other data or settings, `TrainingError` for a loss that is not finite,
  ///   `RunStoreError` for stored samples that cannot be read, and what `observe` throws.
  public func run(
    observe: (TrainingEvent) throws -> Void = { _ in }, interruption: () -> InterruptionSignal? = { nil }
  ) throws -> Outcome {
    let isNew = !FileManager.default.fileExists(atPath: folder.path)
    do {
      try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
    } catch { throw TrainingSessionError.cannotWrite(path: folder.path, problem: "cannot be created") }
    do {
      return try TrainingLock.holding(folder.path) { try train(observe: observe, interruption: interruption) }
    } catch {
      // Only an empty folder goes away.
      if isNew { rmdir(folder.path) }
      throw error
    }
  }

  private func train(
    observe: (TrainingEvent) throws -> Void, interruption: () -> InterruptionSignal?
  ) throws -> Outcome {
    // Resuming refuses a folder of another training, whose files must then stay as they are.
    var state = try startingState(observe: observe)
    try Self.writing {
      try TrainedPipeline.begin(
        folder, configuration: data.configuration, scale: data.scale, provenance: data.provenance)
    }
    var metrics = MetricsFile(path: folder.metrics)
    var board = try TensorBoardWriter(folder: folder.path)
    var curve = LossCurve()
    let outcome = try Self.writing {
      try trainer.train(
        &state,
        observe: { event in
          try observe(event)
          curve.observe(event)
          try metrics.observe(event)
          try board.observe(event)
        }, interruption: interruption)
    }
    if case .interrupted(let signal) = outcome { return .interrupted(signal) }
    let pipeline = TrainedPipeline(
      configuration: data.configuration, scale: data.scale, model: state.result, provenance: data.provenance)
    try Self.writing { try pipeline.write(to: folder) }
    return .finished(Result(pipeline: pipeline, steps: state.step, curve: curve))
  }

  /// Runs `body`, which writes; a failure of the file system becomes a failure to write.
  private static func writing<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let error as FileError {
      throw TrainingSessionError.cannotWrite(path: error.path, problem: error.problem)
    } catch let error as TrainingFileError {
      throw TrainingSessionError.cannotWrite(path: error.path, problem: error.problem)
    } catch let error as SafetensorsError {
      throw TrainingSessionError.cannotWrite(path: error.file, problem: error.problem)
    }
  }

  private func startingState(observe: (TrainingEvent) throws -> Void) throws -> TrainingState<JointModel> {
    let model = data.initialModel(seed: data.configuration.training.seed)
    guard case .checkpoints(let path) = start else { return try trainer.resume(with: model, observe: observe) }
    let other = RunFolder(path).checkpoints
    let checkpoints = FileManager.default.fileExists(atPath: other) ? other : path
    let source = try Trainer(
      trainer.task, configuration: trainer.configuration, threads: trainer.threads,
      checkpoints: CheckpointFolder(path: checkpoints, configuration: data.configuration.canonicalText))
    let state = try source.resume(with: model, observe: observe)
    guard state.step > 0 else { throw TrainingSessionError.noCheckpoint(path: path) }
    return state
  }
}
