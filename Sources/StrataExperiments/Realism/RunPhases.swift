public import StrataTelemetry

/// When a training job did what, in seconds on the clock of the run.
public struct RunPhases: Hashable, Sendable {
  /// From the end of initialisation to the end of the run.
  public var run: ClosedRange<Double>
  /// Evaluations, ascending.
  public var evaluations: [ClosedRange<Double>]
  /// The durations of training steps.
  public var steps: [Double]

  /// Phases.
  public init(run: ClosedRange<Double>, evaluations: [ClosedRange<Double>], steps: [Double]) {
    (self.run, self.evaluations, self.steps) = (run, evaluations, steps)
  }

  /// Reads the events of an MLPerf run, `events/*.csv.gz`.
  ///
  /// - Throws: `TelemetryFileError` naming the line, or the file when the run has no start or stop.
  public init(contentsOf path: String) throws(TelemetryFileError) {
    var reader = try CSVReader(contentsOf: path)
    let (time, key) = (try reader.column("time_ms"), try reader.column("key"))
    let value = try reader.column("value")
    var (start, stop, open): (Double?, Double?, Double?)
    (evaluations, steps) = ([], [])
    while try reader.advance() {
      let seconds = try reader.finite(time) / 1000
      switch try reader.text(key) {
      case "run_start": start = seconds
      case "run_stop": stop = seconds
      case "eval_start": open = seconds
      case "eval_stop":
        guard let first = open, first <= seconds else { throw reader.error("an evaluation stops that did not start") }
        evaluations.append(first...seconds)
        open = nil
      case "tracked_stats.train_step_timing in s": steps.append(try reader.finite(value))
      default: continue
      }
    }
    guard let start, let stop, start <= stop else {
      throw TelemetryFileError("the run has no start, or no stop after it", source: path)
    }
    run = start...stop
  }
}
