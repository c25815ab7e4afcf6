import ArgumentParser
import Strata

struct SimulateRun: LoggingCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Simulate one run and write its records.",
    usage: "strata simulate --scenario <file> --output <store> [options]",
    discussion: """
      Writes a run store with all four layers and labels that say which fault was where and when. The same scenario \
      and seed give the same bits. Further options record the same run as its tools would have: raw scrapes, the log of \
      the trainer, kernel messages, flight recorders of jobs that hang or crash. Ctrl-C leaves nothing behind.

      With --pace the store appears at once and grows, as that of a cluster which is recorded: '--pace 10x' ten times \
      faster than the cluster runs, '--pace unlimited' without waiting. What is there can be read at any time, also after \
      Ctrl-C or a crash; labels come with the end.

      Examples:
        strata simulate --preset demo --output cluster.zarr
        strata simulate --scenario mine.yaml --seed 7 --output mine.zarr \\
          --openmetrics mine.om --truth mine.json
        strata simulate --preset demo --without 0 --output healthy.zarr
        strata simulate --preset demo --pace 10x --output live.zarr
        promtool tsdb create-blocks-from openmetrics mine.om data
      """)

  @Option(help: ArgumentHelp("A scenario file in YAML.", valueName: "file"), completion: .file(extensions: ["yaml"]))
  var scenario: String?
  @Option(
    help: ArgumentHelp(
      "A scenario that comes with the program: \(Scenario.presets.keys.sorted().joined(separator: ", ")).",
      valueName: "name"), completion: .list(Scenario.presets.keys.sorted()))
  var preset: String?
  @Option(parsing: .unconditional, help: "Decides everything random.") var seed: UInt64 = 1
  @Option(
    help: ArgumentHelp("The run store to write.", valueName: "store"), completion: .directory,
    transform: OutputPath.read)
  var output: String
  @Option(
    name: .customLong("openmetrics"),
    help: ArgumentHelp("Also write the raw scrapes of all exporters.", valueName: "file"), completion: .file(),
    transform: OutputPath.read)
  var openMetrics: String?
  @Option(
    help: ArgumentHelp(
      "Also write the trainer's log; one file per job, named <file>.<job>, when several jobs train.", valueName: "file"),
    completion: .file(), transform: OutputPath.read)
  var megatronLog: String?
  @Option(
    help: ArgumentHelp("Also write the kernel messages of all hosts.", valueName: "file"), completion: .file(),
    transform: OutputPath.read)
  var kernelLog: String?
  @Option(
    help: ArgumentHelp(
      "Also write the flight recorders of every rank of a job that hangs or crashes.", valueName: "folder"),
    completion: .directory, transform: OutputPath.read)
  var flightRecorder: String?
  @Option(
    help: ArgumentHelp("Also write the causes, their ways and their impact as JSON.", valueName: "file"),
    completion: .file(extensions: ["json"]), transform: OutputPath.read)
  var truth: String?
  @Option(
    help: ArgumentHelp("Also draw the run: layers and hosts, culprits and victims, steps, experts.", valueName: "page"),
    completion: .file(extensions: ["html"]), transform: OutputPath.read)
  var report: String?
  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Leave a fault out and nothing else, by its number from 0 in the order of onset; may be repeated.",
      valueName: "n"))
  var without: [Int] = []
  @Option(
    help: ArgumentHelp(
      "Let the store grow at so many times the speed of the cluster, or 'unlimited'.", valueName: "factor"))
  var pace: Pace?
  @Flag(help: "Replace what earlier runs have written.") var overwrite = false
  @OptionGroup var threads: ThreadOption
  @OptionGroup var result: FormatOption
  @OptionGroup var logs: LogOptions

  func validate() throws {
    if (scenario == nil) == (preset == nil) {
      throw ValidationError(
        "Give either --scenario or --preset. The presets are \(Scenario.presets.keys.sorted().joined(separator: ", "))."
      )
    }
    if let preset, Scenario.presets[preset] == nil {
      throw ValidationError(UnknownName.message("preset", preset, among: Scenario.presets.keys.sorted()))
    }
  }

  func run() throws {
    let scenario = try scenario.map { try Scenario(contentsOf: $0) } ?? Scenario.presets[preset!]!
    let simulator = try Simulator(scenario, seed: seed, threads: threads.count)
    try checkNumbers(simulator.faults.count)
    var outputs = outputs
    outputs.publishedPiece = pace?.piece(interval: scenario.interval)
    try RecordOutputs(outputs, report: report, of: scenario).check()
    Interruption.noteSignals()
    defer { Interruption.restoreSignals() }
    var display = SimulationDisplay(logs)
    let pacer = pace.map { Pacer($0, interval: scenario.interval) }
    let injections = try OutputFailure.translatingFiles {
      try simulator.write(to: outputs, without: Set(without)) { progress in
        display.show(progress)
        pacer?.wait(untilSample: progress.sample)
        try Interrupted.check(remedy: pace == nil ? "nothing was kept" : "'\(output)' is complete as far as it came")
      }
    }
    display.finish()
    if let report {
      let page = try SimulationReport(RunStore(opening: output), command: command).page
      try OutputFailure.translating(report) { try writeAtomically(Array(page.html.utf8), to: report) }
    }
    logs.info(
      "simulated \(scenario.sampleCount) samples of \(scenario.cluster.deviceCount) devices with \(injections.count) "
        + "fault\(injections.count == 1 ? "" : "s"): \(output)")
    guard result.format == .json else { return }
    try Console.writeJSON(
      WrittenSimulation(
        store: output, seed: seed, sampleCount: scenario.sampleCount, deviceCount: scenario.cluster.deviceCount,
        faults: injections.map(\.fault.card.name)))
  }

  private var outputs: SimulationOutputs {
    var outputs = SimulationOutputs(store: output)
    (outputs.openMetrics, outputs.megatronLog, outputs.kernelLog) = (openMetrics, megatronLog, kernelLog)
    (outputs.flightRecorder, outputs.truth, outputs.replaces) = (flightRecorder, truth, overwrite)
    return outputs
  }

  /// What to type to get the same run.
  private var command: String {
    (["strata simulate", preset.map { "--preset \($0)" } ?? "--scenario \(scenario!)", "--seed \(seed)"]
      + without.map { "--without \($0)" } + ["--output \(output)"]).joined(separator: " ")
  }

  private func checkNumbers(_ count: Int) throws {
    for number in without where !(0..<count).contains(number) {
      throw ValidationError(
        count == 0
          ? "--without \(number): there is no fault in this run."
          : "--without \(number): there are \(count) faults, 0 to \(count - 1).")
    }
  }
}
