import ArgumentParser
import Strata

struct Train: LoggingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a joint model on the training time of run stores.",
    usage: "strata train <store> ... [--config <file>] [--output <folder>] [options]",
    discussion: """
      Training time is what a store says it is, else its first half. The run folder then holds the configuration, \
      metrics (JSON lines and TensorBoard), checkpoints, and at the end the model. The same configuration, data and \
      seed give the same model, bit for bit, on any number of threads and across interruptions.

      Ctrl-C finishes the step, writes a checkpoint and exits with 130; the same command then goes on from there.

      Examples:
        strata train cluster.zarr --output run
        strata train smd --set training.epochs=30 --set model.encoder.width=64
        strata train --print-config > mine.yaml
        strata train cluster.zarr --config mine.yaml --seed 2
      """)

  @Argument(help: ArgumentHelp("Run stores, or folders of run stores.", valueName: "store"), completion: .directory)
  var stores: [String] = []
  @Option(
    help: ArgumentHelp("A configuration in YAML, in place of the standard one.", valueName: "file"),
    completion: .file(extensions: ["yaml"]))
  var config: String?
  @Option(name: .customLong("set"), help: ArgumentHelp("Replace one setting; may be repeated.", valueName: "a.b=c"))
  var settings: [String] = []
  @Option(parsing: .unconditional, help: "Short for --set training.seed=….") var seed: UInt64?
  @Option(
    help: ArgumentHelp("The run folder; by default 'runs/' and a hash of configuration and data.", valueName: "folder"),
    completion: .directory, transform: OutputPath.read)
  var output: String?
  @Option(
    help: ArgumentHelp(
      """
      'auto' goes on from the newest checkpoint in the run folder, 'never' starts anew in an empty one, and a path \
      goes on from the checkpoints of another run folder.
      """, valueName: "auto|never|path"), completion: .directory)
  var resume = "auto"
  @Flag(help: "Print the standard configuration with its comments, and stop.") var printConfig = false
  @OptionGroup var threads: ThreadOption
  @OptionGroup var result: FormatOption
  @OptionGroup var logs: LogOptions

  func validate() throws {
    if stores.isEmpty && !printConfig { throw ValidationError("Missing expected argument '<store> ...'.") }
  }

  func run() throws {
    if printConfig { return try Console.write(PipelineConfiguration.standardText) }
    let configuration = try readConfiguration()
    let runs = try StoreReading.runs(at: stores)
    let provenance = Provenance(configuration, runs: runs)
    let folder = RunFolder(output ?? "runs/\(provenance.shortHash)")
    let prepared = try PreparedTelemetry(runs, configuration: configuration, threads: threads.count)
    let training = try TrainingSession(
      prepared, folder: folder, provenance: provenance, resume: ResumeChoice(resume), threads: threads.count)
    Interruption.noteSignals()
    defer { Interruption.restoreSignals() }
    let trained = try training.run(logs: logs)
    let detector = try FittedDetector(
      cleanTime: runs.map(\.cleanTime), policy: configuration.alarms, provenance: provenance, threads: threads.count)
    try OutputFailure.translating(folder.path) { try detector.write(to: folder.detector) }
    let summary = TrainingSummary(trained, folder: folder.path)
    switch result.format {
    case .json: try Console.writeJSON(summary)
    case .table: try Console.write(summary.text)
    }
  }

  private func readConfiguration() throws -> PipelineConfiguration {
    let overrides = AlternativeSettings.resolving(settings + (seed.map { ["training.seed=\($0)"] } ?? []))
    guard let config else { return try .standard(overriding: overrides) }
    return try PipelineConfiguration(contentsOf: config, overriding: overrides)
  }
}
