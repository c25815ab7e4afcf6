import Strata

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A training in a run folder, from the first file to the last.
struct TrainingSession {
  private let prepared: PreparedTelemetry
  private let folder: RunFolder
  private let provenance: Provenance
  private let resume: ResumeChoice
  private let trainer: Trainer<JointTrainingTask>

  /// - Throws: `MissingInput` or `OutputExists` when the folder is not as `resume` wants it.
  init(
    _ prepared: PreparedTelemetry, folder: RunFolder, provenance: Provenance, resume: ResumeChoice, threads: Int
  ) throws {
    (self.prepared, self.folder, self.provenance, self.resume) = (prepared, folder, provenance, resume)
    if case .folder(let path) = resume { try MissingInput.require(path) }
    if resume != .auto, Checkpoint.latest(in: folder.checkpoints).checkpoint != nil {
      throw OutputExists(path: folder.checkpoints, remedy: "choose another --output, or go on with --resume auto")
    }
    trainer = try Trainer(
      prepared.trainingTask(), configuration: prepared.configuration.training, threads: threads,
      checkpoints: CheckpointFolder(path: folder.checkpoints, configuration: prepared.configuration.canonicalText))
  }

  /// A finished training.
  struct Result {
    let pipeline: TrainedPipeline
    let steps: Int
    let curve: LossCurve
  }

  /// Trains to the end, or to a signal. The caller sees to it that signals are noted.
  ///
  /// - Parameter isNested: Whether the training is a part of something larger, which leaves out where files are and
  ///   how to resume.
  /// - Throws: `Interrupted` after a signal, when a checkpoint has been written; `FolderInUse`.
  func run(logs: LogOptions, isNested: Bool = false) throws -> Result {
    let isNew = !FileManager.default.fileExists(atPath: folder.path)
    do {
      try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
    } catch { throw OutputFailure(path: folder.path, problem: "cannot be created") }
    do {
      return try TrainingLock.holding(folder.path) { try train(logs: logs, isNested: isNested) }
    } catch {
      // Only an empty folder goes away.
      if isNew { rmdir(folder.path) }
      throw error
    }
  }

  private func train(logs: LogOptions, isNested: Bool) throws -> Result {
    var display = TrainingDisplay(logs, showsFiles: !isNested)
    // Resuming refuses a folder of another training, whose files must then stay as they are.
    var state = try startingState { display.show($0) }
    try OutputFailure.translating(folder.path) {
      try TrainedPipeline.begin(
        folder, configuration: prepared.configuration, scale: prepared.scale, provenance: provenance)
    }
    var metrics = MetricsFile(path: folder.metrics)
    var board = try TensorBoardWriter(folder: folder.path)
    var curve = LossCurve()
    let outcome = try OutputFailure.translatingFiles {
      try trainer.train(
        &state,
        observe: { event in
          display.show(event)
          curve.observe(event)
          try metrics.observe(event)
          try board.observe(event)
        }, interruption: { Interruption.received })
    }
    if case .interrupted(let signal) = outcome {
      throw Interrupted(
        signal: signal,
        remedy: isNested ? "nothing was kept" : "the same command goes on from the checkpoint in \(folder.checkpoints)")
    }
    let pipeline = TrainedPipeline(
      configuration: prepared.configuration, scale: prepared.scale, model: state.result, provenance: provenance)
    try OutputFailure.translating(folder.path) { try pipeline.write(to: folder) }
    return Result(pipeline: pipeline, steps: state.step, curve: curve)
  }

  private func startingState(
    observe: (TrainingEvent) -> Void
  ) throws -> TrainingState<JointModel> {
    let model = prepared.initialModel(seed: prepared.configuration.training.seed)
    guard case .folder(let path) = resume else { return try trainer.resume(with: model, observe: observe) }
    let other = RunFolder(path).checkpoints
    let checkpoints = FileManager.default.fileExists(atPath: other) ? other : path
    let source = try Trainer(
      trainer.task, configuration: trainer.configuration, threads: trainer.threads,
      checkpoints: CheckpointFolder(path: checkpoints, configuration: prepared.configuration.canonicalText))
    let state = try source.resume(with: model, observe: observe)
    guard state.step > 0 else { throw InvalidInput("\(path): holds no checkpoint to go on from") }
    return state
  }
}
