import ArgumentParser
import Strata

struct Adapt: LoggingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fit a detector to the clean time of a cluster, without training.",
    usage: "strata adapt <store> ... --output <folder> [options]",
    discussion: """
      Learns what is usual for every entity and role, how far clean scores reach, and where alarms begin: statistics \
      only, in seconds, from 60 samples on. Clean time is what a store says it is, else its first half; --from and --to \
      choose another part, in seconds from the start of the store.

      Examples:
        strata adapt cluster.zarr --output run
        strata adapt cluster.zarr --from 600 --to 7200 --output run
        strata detect cluster.zarr --run run
      """)

  @Argument(help: ArgumentHelp("Run stores, or folders of run stores.", valueName: "store"), completion: .directory)
  var stores: [String]
  @Option(
    name: .customLong("run"),
    help: ArgumentHelp("The folder of a detector whose policy is taken over.", valueName: "folder"),
    completion: .directory)
  var fitted: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Where clean time begins, from the start of each store.", valueName: "seconds"))
  var from: Double?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Where clean time ends, from the start of each store.", valueName: "seconds"))
  var to: Double?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("False alarms that are bearable in 1000 days of one host.", valueName: "number"))
  var budget: Double?
  @Option(
    help: ArgumentHelp("Seconds without an exceedance that end an alarm.", valueName: "seconds"))
  var mergeGap: Double?
  @Option(
    help: ArgumentHelp(
      "How roles are watched: 'calibrated surprise' or 'sum of four'; chosen by what clean time has when not given.",
      valueName: "name"))
  var method: String?
  @Option(help: ArgumentHelp("The folder to write.", valueName: "folder"), completion: .directory) var output: String
  @Flag(help: "Replace a detector that is in the output folder.") var overwrite = false
  @OptionGroup var threads: ThreadOption
  @OptionGroup var result: FormatOption
  @OptionGroup var logs: LogOptions

  func validate() throws {
    for (name, value) in [("from", from), ("to", to), ("merge-gap", mergeGap)] {
      if let value, !(value >= 0 && value.isFinite) {
        throw ValidationError("--\(name) must be a number of seconds, at least 0, found \(value).")
      }
    }
    if let from, let to, from >= to { throw ValidationError("--from (\(from)) must be before --to (\(to)).") }
    if let problem = method.flatMap(DetectionMethod.problem) { throw ValidationError("--method: \(problem)") }
    if let budget, !(budget > 0 && budget.isFinite) {
      throw ValidationError("--budget must be a positive number, found \(budget).")
    }
  }

  func run() throws {
    let target = try OutputFolder(output, overwrite: overwrite, marks: [RunFolder.detectorName])
    var policy = AlarmPolicy()
    if let fitted {
      try MissingInput.require(fitted)
      policy = try FittedDetector(contentsOf: fitted).policy
    }
    policy = AlarmPolicy(budget: budget ?? policy.budget, mergeGap: mergeGap ?? policy.mergeGap)
    let clean = try StoreReading.runs(at: stores).map(cleanTime)
    let detector = try FittedDetector(
      cleanTime: clean, policy: policy, method: method,
      provenance: Provenance(settings: [method, "\(policy)"].compactMap { $0 }.joined(separator: ", "), runs: clean),
      threads: threads.count)
    try target.write { aside in
      try OutputFailure.translating(output) { try detector.write(to: RunFolder(aside).detector) }
    }
    let summary = DetectorSummary(detector, folder: target.path)
    switch result.format {
    case .json: try Console.writeJSON(summary)
    case .table: try Console.write(summary.text)
    }
  }

  /// The part of a run that is clean.
  private func cleanTime(of run: Run) throws -> Run {
    guard from != nil || to != nil else { return run.cleanTime }
    func sample(_ seconds: Double) -> Int { Int(min((seconds / run.interval).rounded(), Double(run.sampleCount))) }
    let samples = sample(from ?? 0)..<max(to.map(sample) ?? run.sampleCount, sample(from ?? 0))
    guard !samples.isEmpty else {
      throw InvalidInput(
        "'\(run.name)' lasts \(Double(run.sampleCount) * run.interval) s; nothing of it lies between --from and --to")
    }
    return run.selecting(samples: samples)
  }
}
