import ArgumentParser
import Strata

struct Detect: LoggingCommand {
  enum FailureCondition: String, CaseIterable, ExpressibleByArgument { case never, alarm }

  static let configuration = CommandConfiguration(
    abstract: "Score run stores with a fitted detector and list what went wrong.",
    usage: "strata detect <store> ... --run <folder> [--output <folder>] [options]",
    discussion: """
      Scores every sample of the stores, whatever cluster they are of: hosts without clean time of their own are \
      compared with what is usual for their role. Nothing in the run folder changes. An alarm is raised where a false \
      one is rarer than the budget allows, by the clean time that the detector was fitted to.

      Writes scores.safetensors (a score per entity and sample, with the surprise of each channel) and incidents.json.

      Examples:
        strata adapt cluster.zarr --output run
        strata detect cluster.zarr --run run
        strata detect tonight.zarr --run run --budget 1 --output found --format json
        strata detect tonight.zarr --run run --fail-on alarm || page-somebody
      """)

  @Argument(help: ArgumentHelp("Run stores, or folders of run stores.", valueName: "store"), completion: .directory)
  var stores: [String]
  @Option(
    name: .customLong("run"),
    help: ArgumentHelp("The folder of a fitted detector: of 'train' or 'adapt'.", valueName: "folder"),
    completion: .directory)
  var fitted: String
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("False alarms that are bearable in 1000 days of one host.", valueName: "number"))
  var budget: Double?
  @Option(
    help: ArgumentHelp("Where to write scores and incidents; nowhere when not given.", valueName: "folder"),
    completion: .directory, transform: OutputPath.read)
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
    try MissingInput.require(fitted)
    let target = try output.map {
      try OutputFolder($0, overwrite: overwrite, marks: [DetectionFiles.scores, DetectionFiles.incidents])
    }
    let detector = try FittedDetector(contentsOf: fitted)
    let runs = try StoreReading.runs(at: stores)
    var policy = detector.policy
    policy.budget = budget ?? policy.budget
    let detection = try detector.detect(
      in: runs, policy: policy, keepsContributions: target != nil, threads: threads.count)
    for notice in detection.notices { logs.warning(notice) }
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
        "the highest score is \(NumberText.short(Double(highest))); a larger --budget lowers the threshold")
    }
    if failOn == .alarm, !list.incidents.isEmpty { throw ExitCode(Failure.alarms) }
  }
}
