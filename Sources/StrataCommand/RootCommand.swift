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

      A first look, in a few minutes:
        strata demo --output demo

      With telemetry of your own:
        strata import csv metrics.csv --mapping mapping.yaml --output metrics.zarr
        strata describe metrics.zarr
        strata adapt metrics.zarr --output run
        strata detect metrics.zarr --run run --output found
        strata evaluate found metrics.zarr

      Results go to standard output, everything else to standard error.
      """,
    version: Provenance.currentVersion,
    subcommands: [
      Demo.self, Import.self, Describe.self, Simulate.self, Faults.self, Train.self, Embed.self, Adapt.self,
      Detect.self,
      Evaluate.self, ExperimentCommand.self, Doctor.self, Bench.self,
    ])

  static func main() {
    var logs = LogOptions.fallback
    do {
      try checkNames(CommandLine.arguments.dropFirst(), of: self)
      var command = try parseAsRoot()
      // What is not such a command only prints help.
      if let command = command as? any LoggingCommand {
        logs = command.logs
        try KernelVariant.checkSelection()
      }
      try command.run()
    } catch {
      Failure.exit(error, logs: logs)
    }
  }

  /// The argument parser takes a misspelt subcommand for an argument too many.
  ///
  /// - Throws: `ValidationError` with the name that was probably meant.
  private static func checkNames(_ arguments: ArraySlice<String>, of command: any ParsableCommand.Type) throws {
    let subcommands = command.configuration.subcommands
    guard !subcommands.isEmpty, let name = arguments.first, !name.hasPrefix("-") else { return }
    if name == "help", command == self { return try checkNames(arguments.dropFirst(), of: command) }
    guard let chosen = subcommands.first(where: { $0._commandName == name }) else {
      let names = subcommands.map { $0._commandName }
      let suggestion = Suggestion.clause(for: name, among: names)
      throw ValidationError(
        "There is no subcommand '\(name)'\(suggestion.isEmpty ? "; there are \(names.joined(separator: ", "))." : suggestion)"
      )
    }
    try checkNames(arguments.dropFirst(), of: chosen)
  }
}
