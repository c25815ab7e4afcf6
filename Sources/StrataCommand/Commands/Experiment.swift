import ArgumentParser
import Strata

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

struct ExperimentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "experiment",
    abstract: "Rerun, check or tabulate an experiment of this repository.",
    discussion: """
      An experiment is a folder with experiment.yaml. One that judges detectors names data, seeds and baselines; \
      running it writes results/runs.csv (one row per data set, method, seed and entity), table.md and \
      manifest.json. One with 'realism' sets figures of the simulator beside those of public data; running it writes \
      realism.csv and curves.csv instead of runs.csv. 'clusters' judges detectors on recorded or simulated clusters, \
      'representation' a model before and after training; neither needs public data.

      Examples:
        strata experiment run experiments/01-server-machines --data ../data
        strata experiment run experiments/02-simulator-realism --data ../data
        strata experiment verify experiments --data ../data
      """,
    subcommands: [Run.self, Table.self, Verify.self])
}

/// What every subcommand that reads data needs.
struct ExperimentOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp("An experiment's folder, or a folder of experiments.", valueName: "folder"),
    completion: .directory)
  var folder: String
  @Option(
    help: ArgumentHelp(
      "The folder that holds the public data sets, where an experiment reads them; STRATA_DATA when not given.",
      valueName: "folder"),
    completion: .directory)
  var data: String?

  /// Empty where it is not given and no experiment reads public data.
  ///
  /// - Throws: `InvalidInput` when neither the option nor the variable is given; `MissingInput`.
  func dataRoot(for experiments: [any Experiment]) throws -> String {
    guard let root = data ?? ProcessInfo.processInfo.environment["STRATA_DATA"] else {
      guard let needy = experiments.first(where: \.readsPublicData) else { return "" }
      throw InvalidInput(
        "'\(needy.folder.name)' reads public data sets: give --data, or set STRATA_DATA, to the folder that holds them")
    }
    try MissingInput.require(root)
    return root
  }

  func experiments() throws -> [any Experiment] {
    try MissingInput.require(folder)
    return try ExperimentFolder.all(in: folder).map { try $0.experiment() }
  }
}

extension ExperimentCommand {
  struct Run: LoggingCommand {
    static let configuration = CommandConfiguration(
      abstract: "Run an experiment and replace its results.",
      usage: "strata experiment run <folder> [--data <folder>] [options]")

    @OptionGroup var options: ExperimentOptions
    @OptionGroup var threads: ThreadOption
    @OptionGroup var logs: LogOptions

    func run() throws {
      let experiments = try options.experiments()
      let root = try options.dataRoot(for: experiments)
      for experiment in experiments {
        try experiment.run(dataRoot: root, threads: threads.count) { logs.info($0) }
        try Console.write(try experiment.tableText())
      }
    }
  }

  struct Table: LoggingCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write an experiment's table and figure anew from its committed rows.")

    @Argument(
      help: ArgumentHelp("An experiment's folder, or a folder of experiments.", valueName: "folder"),
      completion: .directory)
    var folder: String
    @OptionGroup var logs: LogOptions

    func run() throws {
      try MissingInput.require(folder)
      for folder in try ExperimentFolder.all(in: folder) {
        let experiment = try folder.experiment()
        try experiment.writeTables()
        try Console.write(try experiment.tableText())
      }
    }
  }

  struct Verify: LoggingCommand {
    static let configuration = CommandConfiguration(
      abstract: "Run a small part of every experiment again and compare it with the committed rows.")

    @OptionGroup var options: ExperimentOptions
    @OptionGroup var threads: ThreadOption
    @OptionGroup var logs: LogOptions

    func run() throws {
      let experiments = try options.experiments()
      let root = try options.dataRoot(for: experiments)
      var deviations = 0
      for experiment in experiments {
        let found = try experiment.verify(dataRoot: root, threads: threads.count) { logs.info($0) }
        for deviation in found { try Console.write("\(experiment.folder.name): \(deviation)\n") }
        if found.isEmpty { try Console.write("\(experiment.folder.name): agrees with its committed rows\n") }
        deviations += found.count
      }
      if deviations > 0 { throw ExitCode(Failure.failure) }
    }
  }
}
