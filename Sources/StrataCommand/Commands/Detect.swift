import ArgumentParser
import Strata

struct Detect: LoggingCommand {
  enum FailureCondition: String, CaseIterable, ExpressibleByArgument { case never, alarm }

  static let configuration = CommandConfiguration(
    abstract: "Score run stores with a trained model and list what went wrong.",
    usage: "strata detect <folder> <store> [--output <folder>] [options]",
    discussion: """
      Scores the time after training. What is normal for an entity is learnt from the store's own training time, and \
      the threshold is set on held-out clean time, so that it raises no more false alarms than the budget allows.

      Writes scores.safetensors (a score per entity and sample, with what each channel contributed) and \
      incidents.json.

      Examples:
        strata detect run cluster.zarr
        strata detect run cluster.zarr --budget 1 --output found --format json
        strata detect run tonight.zarr --fail-on alarm || page-somebody
      """)

  @Argument(help: ArgumentHelp("The run folder of a finished training.", valueName: "folder"), completion: .directory)
  var folder: String
  @Argument(help: ArgumentHelp("A run store, or a folder of run stores.", valueName: "store"), completion: .directory)
  var store: String
  @Option(help: ArgumentHelp("False alarms that are bearable in 1000 days of one entity.", valueName: "number"))
  var budget: Double?
  @Option(
    help: ArgumentHelp("Where to write scores and incidents; nowhere when not given.", valueName: "folder"),
    completion: .directory)
  var output: String?
  @Flag(help: "Replace the scores that are in the output folder.") var overwrite = false
  @Option(help: "With 'alarm', exit with 2 when there are incidents.") var failOn = FailureCondition.never
  @OptionGroup var threads: ThreadOption
  @OptionGroup var result: FormatOption
  @OptionGroup var logs: LogOptions

  func validate() throws {
    if let budget, !(budget > 0 && budget.isFinite) {
      throw ValidationError("--budget must be a positive number, found \(budget).")
    }
  }

  func run() throws {
    try MissingInput.require(folder)
    let target = try output.map {
      try OutputFolder($0, overwrite: overwrite, marks: [DetectionFiles.scores, DetectionFiles.incidents])
    }
    let pipeline = try TrainedPipeline(opening: RunFolder(folder))
    let runs = try StoreReading.runs(at: [store])
    var policy = pipeline.configuration.alarms
    policy.budget = budget ?? policy.budget
    let detection = try pipeline.detect(in: pipeline.prepare(runs, threads: threads.count), policy: policy)
    let list = IncidentList(detection)
    try target?.write { aside in
      try OutputFailure.translating(output!) { try DetectionFiles.write(detection, to: aside) }
    }
    switch result.format {
    case .json: try Console.writeJSON(list)
    case .table: try Console.write(list.text(isColored: Console.isColored))
    }
    if list.incidents.isEmpty, let highest = detection.scores.series.flatMap(\.scores).max() {
      logs.info(
        "the highest score is \(NumberText.short(Double(highest))), the threshold "
          + "\(NumberText.short(Double(list.threshold))): a larger --budget lowers the threshold")
    }
    if failOn == .alarm, !list.incidents.isEmpty { throw ExitCode(Failure.alarms) }
  }
}
