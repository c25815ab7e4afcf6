import StrataTelemetry

extension RunTruth {
  /// - Parameters:
  ///   - injections: What the faults did that acted.
  ///   - acting: Their numbers.
  ///   - state: The state in which the run ended.
  ///   - world: The world of the run.
  ///   - seed: Its seed.
  init(_ world: World, seed: UInt64, injections: [Simulation.Injection], acting: [Int], state: WorldState) {
    let scenario = world.scenario
    (run, self.seed, start) = (scenario.name, seed, scenario.start)
    (interval, sampleCount) = (scenario.interval, scenario.sampleCount)
    trainingEnd = min(scenario.sampleCount, Int(scenario.training / scenario.interval))
    without = world.plan.faults.indices.filter { !acting.contains($0) }
    faults = zip(acting, injections).map { InjectionTruth($1, number: $0) }
    let episodes = world.plan.episodes.map {
      Episode(
        kind: $0.kind.rawValue, entity: $0.entity, interval: Period(start: $0.onset, end: $0.end),
        severity: $0.severity)
    }
    let pauses = zip(world.jobs, state.jobs).flatMap { job, own in
      own.interruptions.compactMap { pause -> Episode? in
        let kind: String
        switch pause.what {
        case .checkpoint: kind = "checkpoint"
        case .evaluation: kind = "evaluation"
        case .down: kind = "restart"
        case .running, .hung: return nil
        }
        guard pause.end > 0 else { return nil }
        return Episode(
          kind: kind, entity: job.path, interval: Period(start: max(0, pause.start), end: pause.end), severity: nil)
      }
    }
    benign = (episodes + pauses).sorted { ($0.interval.start, $0.kind) < ($1.interval.start, $1.kind) }
  }

  /// The JSON of the file: keys sorted, so that equal truths give equal bytes.
  public var json: String { String(decoding: jsonText(self), as: UTF8.self) }
}
