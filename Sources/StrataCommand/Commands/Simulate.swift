import ArgumentParser
import Strata

struct Simulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Simulate the telemetry of a cluster with faults.",
    usage: """
      strata simulate --scenario <file> --output <store> [options]
      strata simulate corpus --preset <name> --output <folder> [options]
      """,
    discussion: """
      One run with all its records, or a corpus of many runs. 'strata simulate run --help' lists the options of one run; \
      'run' itself may be left out.

      Examples:
        strata simulate --preset demo --output cluster.zarr
        strata simulate --scenario mine.yaml --output mine.zarr --truth mine.json
        strata simulate corpus --preset small --output corpus
      """,
    subcommands: [SimulateRun.self, SimulateCorpus.self], defaultSubcommand: SimulateRun.self)
}
