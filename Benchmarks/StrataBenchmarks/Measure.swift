import Benchmark

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Processor time of all threads. The harness has this metric too, but in ticks of ten milliseconds.
private let processorTime = BenchmarkMetric.custom("CPU time (μs)", polarity: .prefersSmaller, useScalingFactor: false)

/// Registers a benchmark that reports wall time, processor time and the rate of its work.
///
/// - Parameters:
///   - name: What is measured; the amount of work is appended.
///   - work: What one iteration computes or moves.
///   - prepare: Makes everything an iteration needs, untimed and only when the benchmark runs, and returns the iteration.
///   - cleanUp: Removes what `prepare` left outside the process.
func measure(
  _ name: String, _ work: Work, preparing prepare: @escaping () throws -> () throws -> Void,
  cleaningUp cleanUp: @escaping () throws -> Void = {}
) {
  let configuration = Benchmark.Configuration(
    metrics: [.wallClock, processorTime, work.rate], timeUnits: .microseconds,
    units: [processorTime: .count, work.rate: .count], warmupIterations: 10, maxDuration: .seconds(3),
    maxIterations: 2000)
  Benchmark(
    "\(name) - \(work.description)", configuration: configuration,
    closure: { (benchmark: Benchmark, iterate: () throws -> Void) throws -> Void in
      let (clock, usedBefore) = (ContinuousClock(), usedProcessorTime())
      let duration = try clock.measure(iterate)
      let used = usedProcessorTime() - usedBefore
      benchmark.stopMeasurement()
      benchmark.measurement(processorTime, Int((used / .microseconds(1)).rounded()))
      benchmark.measurement(work.rate, work.rate(over: duration))
    }, setup: { try prepare() }, teardown: { try cleanUp() })
}

private func usedProcessorTime() -> Duration {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}
