import ArgumentParser
import Strata

struct Evaluate: LoggingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare scores with the labels of their run stores.",
    usage: "strata evaluate <scores> <store> [options]",
    discussion: """
      Counts in two ways: each entity by itself against its own labels, and each run as a whole, where the highest \
      score of any entity is held against the time of all faults. Intervals are of 95 %, by drawing entities, runs or \
      faults anew.

      Example:
        strata detect cluster.zarr --run run --output found
        strata evaluate found cluster.zarr
      """)

  @Argument(help: ArgumentHelp("The output folder of 'detect'.", valueName: "scores"), completion: .directory)
  var scores: String
  @Argument(
    help: ArgumentHelp("The same run store, or folder of run stores.", valueName: "store"), completion: .directory)
  var store: String
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The longest window of the volumes under the surface; the period of each run's first channel when not given.",
      valueName: "samples"))
  var window: Int?
  @OptionGroup var threads: ThreadOption
  @OptionGroup var result: FormatOption
  @OptionGroup var logs: LogOptions

  func validate() throws {
    if let window, window < 1 { throw ValidationError("--window must be at least 1, found \(window).") }
  }

  func run() throws {
    try MissingInput.require(scores)
    let path = "\(scores)/\(DetectionFiles.scores)"
    guard (try? MissingInput.require(path)) != nil else {
      throw InvalidInput(
        "\(scores): there is no \(DetectionFiles.scores) in it; name the output folder of 'strata detect'")
    }
    let scored = try ScoredTelemetry(contentsOf: path)
    try Self.refuseMissingScores(in: scored, path: path)
    let runs = try StoreReading.runs(at: [store])
    let evaluation = try DetectionEvaluation(scored, runs: runs, window: window, threads: threads.count)
    for name in evaluation.leftOut {
      logs.warning("run '\(name)' has no fault, or nothing else, and is left out of the measures of whole runs")
    }
    switch result.format {
    case .json: try Console.writeJSON(MeasureList(evaluation))
    case .table: try Console.write(MeasureList(evaluation).text(isColored: Console.isColored))
    }
  }

  /// Every sample that was scored has a score, unless the file was made or changed elsewhere.
  private static func refuseMissingScores(in scored: ScoredTelemetry, path: String) throws {
    for series in scored.series {
      guard let place = series.scores.firstIndex(where: \.isNaN) else { continue }
      throw InvalidInput(
        "\(path): the score of '\(series.entity)' in run '\(scored.sources[series.run].name)' at sample "
          + "\(series.samples.lowerBound + place) is not a number; make the file again with 'strata detect'")
    }
  }
}
