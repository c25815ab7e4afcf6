import ArgumentParser
import Strata

struct Simulate: LoggingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Simulate the telemetry of a training cluster with faults.",
    usage: "strata simulate --scenario <file> --output <store> [options]",
    discussion: """
      Writes a run store with all four layers and labels that say which fault was where and when. The same scenario \
      and seed give the same bits.

      Examples:
        strata simulate --preset demo --output cluster.zarr
        strata simulate --scenario mine.yaml --seed 7 --output mine.zarr
      """)

  @Option(help: ArgumentHelp("A scenario file in YAML.", valueName: "file"), completion: .file(extensions: ["yaml"]))
  var scenario: String?
  @Option(
    help: ArgumentHelp(
      "A scenario that comes with the program: \(Scenario.presets.keys.sorted().joined(separator: ", ")).",
      valueName: "name"), completion: .list(Scenario.presets.keys.sorted()))
  var preset: String?
  @Option(help: "Decides everything random.") var seed: UInt64 = 1
  @Option(help: ArgumentHelp("The run store to write.", valueName: "store"), completion: .directory) var output: String
  @Flag(help: "Replace a run store that is there.") var overwrite = false
  @OptionGroup var threads: ThreadOption
  @OptionGroup var logs: LogOptions

  func validate() throws {
    if (scenario == nil) == (preset == nil) {
      throw ValidationError(
        "Give either --scenario or --preset. The presets are \(Scenario.presets.keys.sorted().joined(separator: ", "))."
      )
    }
    if let preset, Scenario.presets[preset] == nil {
      let names = Scenario.presets.keys.sorted()
      throw ValidationError(
        "There is no preset '\(preset)'; there are \(names.joined(separator: ", "))"
          + (Suggestion.clause(for: preset, among: names).isEmpty ? "." : Suggestion.clause(for: preset, among: names)))
    }
  }

  func run() throws {
    try RunOutput.check(output, overwrite: overwrite)
    let scenario = try scenario.map { try Scenario(contentsOf: $0) } ?? Scenario.presets[preset!]!
    let simulator = try Simulator(scenario, seed: seed, threads: threads.count)
    let injections = try simulator.write(to: output, replacing: overwrite)
    logs.info(
      "simulated \(scenario.sampleCount) samples of \(scenario.cluster.deviceCount) devices with \(injections.count) "
        + "faults: \(output)")
  }
}
