import Strata

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a sweep took.
struct SweepResult {
  let name: String
  let figure: ScalingFigure
  let rounds: Int

  /// Measures all works of a sweep in turns; costs are medians of processor time, which other work disturbs less.
  init(measuring sweep: Sweep, for duration: Duration) throws {
    let meters = sweep.series.map { $0.works.map { ProcessorMeter($0.work) } }
    let timings = try TimedWork.measure(meters.joined().map(\.work), for: duration)
    let series = zip(sweep.series, meters).map { series, meters in
      ScalingFigure.Series(
        series.label, points: zip(series.works, meters).map { LinePanel.Point(Double($0.size), 1e3 * $1.median) })
    }
    (name, rounds) = (sweep.name, timings[0].rounds)
    figure = ScalingFigure(title: "Cost against \(sweep.name)", subtitle: sweep.axes, unit: "ms", series: series)
  }
}

/// Notes the processor time of every repetition of a work. A class, because the work writes what is read later.
private final class ProcessorMeter {
  private let metered: TimedWork
  private var seconds: [Double] = []

  init(_ work: TimedWork) { metered = work }

  /// The work, metered.
  var work: TimedWork {
    TimedWork(metered.name, threads: metered.threads, amount: metered.amount, unit: metered.unit) {
      let before = Self.used()
      try self.metered()
      self.seconds.append(Self.used() - before)
    }
  }

  /// Of all repetitions but the first two, which set things up.
  var median: Double {
    let sorted = seconds.dropFirst(2).sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  private static func used() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
