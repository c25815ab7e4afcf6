import Strata

/// A training session whose events are shown, and whose failures are said in the terms of the command.
struct ShownTraining {
  private let session: TrainingSession
  private let logs: LogOptions
  private let isNested: Bool

  /// - Parameter isNested: Whether the training is a part of something larger, which leaves out where files are and
  ///   how to resume.
  /// - Throws: `MissingInput` or `OutputExists` when the folder is not as `start` wants it.
  init(
    _ data: TrainingData, folder: RunFolder, start: TrainingSession.Start, threads: Int, logs: LogOptions,
    isNested: Bool = false
  ) throws {
    (self.logs, self.isNested) = (logs, isNested)
    session = try Self.translating { try TrainingSession(data, folder: folder, start: start, threads: threads) }
  }

  /// Trains to the end, or to a signal. The caller sees to it that signals are noted.
  ///
  /// - Throws: `Interrupted` after a signal, when a checkpoint has been written; `OutputExists`, `OutputFailure`.
  func run() throws -> TrainingSession.Result {
    var display = TrainingDisplay(logs, showsFiles: !isNested)
    let outcome = try Self.translating {
      try session.run(observe: { display.show($0) }, interruption: { Interruption.received })
    }
    switch outcome {
    case .finished(let result): return result
    case .interrupted(let signal):
      throw Interrupted(
        signal: signal,
        remedy: isNested
          ? "nothing was kept" : "the same command goes on from the checkpoint in \(session.folder.checkpoints)")
    }
  }

  private static func translating<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as TrainingSessionError {
      switch error {
      case .missing(let path): throw MissingInput(path: path)
      case .holdsCheckpoints(let path):
        throw OutputExists(path: path, remedy: "choose another --output, or go on with --resume auto")
      case .noCheckpoint: throw InvalidInput("\(error)")
      case .inUse(let path, let process): throw FolderInUse(path: path, process: process)
      case .cannotWrite(let path, let problem): throw OutputFailure(path: path, problem: problem)
      }
    }
  }
}
