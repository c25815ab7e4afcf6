import ArgumentParser
import Strata

struct Train: LoggingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a joint model on run stores or on a corpus.",
    usage: "strata train <store> ... | <corpus> [--output <folder>] [options]",
    discussion: """
      Training time is what a store says it is, else its first half; 'split.by' in the configuration sets whole runs or \
      entities aside instead. The run folder then holds the configuration, metrics (JSON lines and TensorBoard), \
      checkpoints, and at the end the model and a detector fitted to clean time. The same configuration, data and seed \
      give the same model, bit for bit, on any number of threads and across interruptions.

      A corpus (a folder with corpus.json, as 'strata simulate corpus' writes it) is trained on as its manifest says: \
      what it holds out stays held out. Its runs are read in blocks, so that memory does not grow with their number. \
      No detector is fitted to a corpus, since what is usual for its clusters says nothing of another: 'strata adapt' \
      fits one to yours.

      Ctrl-C finishes the step, writes a checkpoint and exits with 130; the same command then goes on from there.

      Examples:
        strata train cluster.zarr --output run
        strata train smd --set training.epochs=30 --set model.encoder.width=64
        strata train --print-config > mine.yaml
        strata train cluster.zarr --config mine.yaml --seed 2
        strata train nights --set 'split={by: run, test: [night-4]}'
        strata train corpus --output model
      """)

  @Argument(
    help: ArgumentHelp("Run stores, folders of run stores, or one corpus.", valueName: "store"), completion: .directory)
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
    let isCorpus = stores.count == 1 && Corpus.isCorpus(stores[0])
    if isCorpus && (configuration.split == .corpus || !configuration.statesSplit) {
      return try train(on: Corpus(opening: stores[0]), try configuration.splitByCorpus())
    }
    let runs = try StoreReading.runs(at: stores)
    let data = try TrainingData(runs, configuration: configuration, threads: threads.count)
    let clean = configuration.split.cleanTime(of: runs)
    try train(on: data) { folder in
      let detector = try FittedDetector(
        cleanTime: clean, policy: configuration.alarms, provenance: data.provenance, threads: threads.count)
      try OutputFailure.translating(folder.path) { try detector.write(to: folder.detector) }
    }
  }

  private func train(on corpus: Corpus, _ configuration: PipelineConfiguration) throws {
    try train(on: try TrainingData(corpus, configuration: configuration, threads: threads.count)) { folder in
      logs.info(
        "no detector was fitted to the corpus; 'strata adapt <store> --output <folder>' fits one to a cluster of yours")
    }
  }

  /// Trains, does what is left to do in the run folder, and says what came of it.
  private func train(on data: TrainingData, finally finish: (RunFolder) throws -> Void) throws {
    let folder = RunFolder(output ?? "runs/\(data.provenance.shortHash)")
    let training = try ShownTraining(
      data, folder: folder, start: TrainingSession.Start(resume: resume), threads: threads.count, logs: logs)
    Interruption.noteSignals()
    defer { Interruption.restoreSignals() }
    let trained = try training.run()
    try finish(folder)
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
