import ArgumentParser
import Strata

/// The command `strata`: reads its arguments, runs a subcommand, and turns what went wrong into an exit code.
@main
struct RootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "strata",
    abstract: "Find faults in machine-learning clusters from their telemetry.",
    discussion: """
      Strata learns one representation of everything a cluster says about itself: temperatures, traffic, work and \
      training progress. It tells when something is wrong, and which device and channel are to blame.

      A first look, in about two minutes:
        strata demo --output demo

      With telemetry of your own:
        strata import csv metrics.csv --mapping mapping.yaml --output metrics.zarr
        strata describe metrics.zarr
        strata train metrics.zarr --output run
        strata detect run metrics.zarr --output found
        strata evaluate found metrics.zarr

      Results go to standard output, everything else to standard error.
      """,
    version: Provenance.currentVersion,
    subcommands: [
      Demo.self, Import.self, Describe.self, Simulate.self, Train.self, Embed.self, Detect.self, Evaluate.self,
      ExperimentCommand.self, Doctor.self,
    ])

  static func main() {
    var logs = LogOptions.fallback
    do {
      var command = try parseAsRoot()
      if let command = command as? any LoggingCommand { logs = command.logs }
      try command.run()
    } catch {
      Failure.exit(error, logs: logs)
    }
  }
}
