import ArgumentParser
import Strata

struct Detect: LoggingCommand {
  enum Format: String, CaseIterable, ExpressibleByArgument { case table, json, csv }
  enum FailureCondition: String, CaseIterable, ExpressibleByArgument { case never, alarm }

  static let configuration = CommandConfiguration(
    abstract: "Score run stores with a fitted detector and list what went wrong.",
    usage: """
      strata detect <store> ... --run <folder> [--output <folder>] [options]
      strata detect <store> --run <folder> --follow [--state <file>] [options]
      """,
    discussion: """
      Scores every sample of the stores, whatever cluster they are of: hosts without clean time of their own are \
      compared with what is usual for their role. Nothing in the run folder changes. An alarm is raised where a false \
      one is rarer than the budget allows, by the clean time that the detector was fitted to.

      Writes scores.safetensors (a score per entity and sample, with the surprise of each channel), incidents.json and \
      incidents.csv.

      --follow reads a store that is still being written, and says when an incident starts, at 8, 16, 32 ... samples, \
      and when it ends: a line each, with '--format json' a JSON object each. It ends with the store. Ctrl-C ends it \
      before, and with --state it then goes on where it stopped. After a crash the lines since the state was last \
      written come again, with the same bytes.

      Examples:
        strata adapt cluster.zarr --output run
        strata detect cluster.zarr --run run
        strata detect tonight.zarr --run run --budget 1 --output found --format json
        strata detect tonight.zarr --run run --fail-on alarm || page-somebody
        strata detect live.zarr --run run --follow --state live.state --format json
        strata detect tonight.zarr --run run --ignore c0/rack0/host7 --ignore physical/fan_speed
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
  @Option(
    help: ArgumentHelp(
      "Leave out an entity with all inside it, or a channel, written layer/name; may be repeated.", valueName: "name"))
  var ignore: [String] = []
  @Flag(help: "Score a store while it is being written, until it is complete.") var follow = false
  @Option(
    help: ArgumentHelp("Where --follow keeps what it needs to go on after a restart.", valueName: "file"),
    completion: .file(), transform: OutputPath.read)
  var state: String?
  @Option(help: "With 'alarm', exit with 2 when there are incidents.") var failOn = FailureCondition.never
  @OptionGroup var threads: ThreadOption
  @Option(help: "How results are written: a table for people, JSON, or comma-separated values.")
  var format = Format.table
  @OptionGroup var logs: LogOptions

  func validate() throws {
    if let budget, !(budget > 0 && budget.isFinite) {
      throw ValidationError("--budget must be a positive number, found \(budget).")
    }
    if state != nil, !follow { throw ValidationError("--state needs --follow.") }
    if follow {
      if stores.count != 1 { throw ValidationError("--follow takes one store, found \(stores.count).") }
      if output != nil { throw ValidationError("--follow writes no --output; score the store when it is complete.") }
      if format == .csv { throw ValidationError("--follow writes lines of text or of JSON, not of csv.") }
    }
  }

  func run() throws {
    try MissingInput.require(fitted)
    if follow { return try followStore() }
    let target = try output.map {
      try OutputFolder(
        $0, overwrite: overwrite, marks: [DetectionFiles.scores, DetectionFiles.incidents],
        files: [DetectionFiles.scores, DetectionFiles.incidents, DetectionFiles.table])
    }
    let detector = try FittedDetector(contentsOf: fitted)
    let stores = try StoreReading.uniqueStores(at: stores)
    for store in stores where store.isGrowing {
      logs.warning(
        "'\(store.metadata.name)' is still being written: its first \(store.metadata.sampleCount) samples are scored")
    }
    let exclusion = try TelemetryExclusion(ignore, in: stores.map(\.metadata))
    let detection = try detector.detect(
      in: stores.map { exclusion.applied(to: try $0.read()) }, policy: policy(of: detector),
      keepsContributions: target != nil, threads: threads.count)
    for notice in detection.notices { logs.warning(notice) }
    let list = IncidentList(detection)
    try target?.write { aside in
      try OutputFailure.translating(output!) { try DetectionFiles.write(detection, to: aside) }
    }
    switch format {
    case .json: try Console.writeJSON(list)
    case .csv: try Console.write(list.csv)
    case .table: try Console.write(list.text(isColored: Console.isColored))
    }
    if list.incidents.isEmpty, let highest = detection.scores.series.flatMap(\.scores).max() {
      logs.info(
        "the highest score is \(NumberText.short(Double(highest))); a larger --budget lowers the threshold")
    }
    if failOn == .alarm, !list.incidents.isEmpty { throw ExitCode(Failure.alarms) }
  }

  private func policy(of detector: FittedDetector) -> AlarmPolicy {
    var policy = detector.policy
    policy.budget = budget ?? policy.budget
    return policy
  }

  /// Scores the store as it grows, until it is complete or a signal comes.
  private func followStore() throws {
    let detector = try FittedDetector(contentsOf: fitted)
    try MissingInput.require(stores[0])
    var live = try LiveDetection(
      store: stores[0], detector: detector, policy: policy(of: detector), ignored: ignore, state: state,
      isJSON: format == .json, threads: threads.count, logs: logs)
    Interruption.noteSignals()
    defer { Interruption.restoreSignals() }
    try live.run()
    if failOn == .alarm, live.hasIncidents { throw ExitCode(Failure.alarms) }
  }
}
