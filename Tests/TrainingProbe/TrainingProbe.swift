import Foundation
import StrataTraining

/// `TrainingProbe <checkpoint folder> <threads> [<step>]` trains the toy, resuming where it can, and writes its events as
/// JSON lines. After reporting the given step it waits until its standard input ends: there it can be killed with
/// certainty in the middle.
@main struct TrainingProbe {
  static func main() throws {
    let arguments = CommandLine.arguments
    let (folder, threads) = (arguments[1], Int(arguments[2])!)
    let pause = arguments.count > 3 ? Int(arguments[3]) : nil
    Interruption.noteSignals()

    func report(_ event: TrainingEvent) throws {
      try FileHandle.standardOutput.write(contentsOf: Data("\(event.jsonLine)\n".utf8))
      if case .step(let step) = event, step.step == pause { _ = FileHandle.standardInput.readDataToEndOfFile() }
    }
    let (task, model, training, text) = try toyTraining(on: toyRun(seed: 1))
    let trainer = try Trainer(
      task, configuration: training, threads: threads, checkpoints: CheckpointFolder(path: folder, configuration: text))
    var state = try trainer.resume(with: model, observe: report)
    let outcome = try trainer.train(&state, observe: report) { Interruption.received }
    if case .interrupted(let signal) = outcome { exit(signal.exitCode) }
  }
}
