import StrataTelemetry
import StrataTensor

extension Simulator {
  /// Writes the records of one run as it comes, in memory for 60 samples of it at most.
  ///
  /// ```swift
  /// var outputs = SimulationOutputs(store: "cluster.zarr")
  /// (outputs.openMetrics, outputs.truth) = ("cluster.om", "truth.json")
  /// try simulator.write(to: outputs)
  /// try simulator.write(to: SimulationOutputs(store: "healthy.zarr"), without: [0])
  /// ```
  /// Every record appears whole when the run is over, one after another; until then, and when anything is thrown, all
  /// places are as they were.
  ///
  /// - Parameters:
  ///   - outputs: What is written, and where; the folders around it exist.
  ///   - left: Faults that do not act, by their place in ``Simulator/faults``. Everything else is as with them.
  ///   - progress: Told after every 60 samples or fewer; what it throws ends the simulation.
  /// - Returns: The measured impact of every fault that acted.
  /// - Throws: `RunStoreError` or `FileError` when a place cannot be written, and what `progress` throws.
  /// - Precondition: `left` names faults of the run.
  /// - Complexity: As ``run()`` in time. Beside the block in memory, OpenMetrics takes a kilobyte per series, and a flight
  ///   recorder the last steps of a job and one rank's ring.
  @discardableResult
  public func write(
    to outputs: SimulationOutputs, without left: Set<Int> = [],
    progress: (SimulationProgress) throws -> Void = { _ in }
  ) throws -> [Simulation.Injection] {
    require(
      left.allSatisfy(faults.indices.contains),
      "write(without:): there is a fault in \(left.sorted()) that is none of the \(faults.count)")
    let acting = faults.indices.filter { !left.contains($0) }
    var sensors = SensorArray(world, threads: threads)
    let description = RunDescription(world: world, seed: seed, layout: sensors.layout)
    var store: RunWriter?
    if let path = outputs.store {
      store = try RunWriter(to: path, metadata: description.metadata, replacing: outputs.replaces)
    } else {
      store = nil
    }
    var recorder = try RunRecorder(outputs, world, sensors, acting: acting, seed: seed)
    var course = Course(world, faults: acting, threads: threads)
    var upcoming = course.next()
    while let current = upcoming {
      // The next block is simulated while this one is read and written.
      (upcoming, _) = try concurrently(threads: threads) {
        course.next()
      } _: {
        let readings = sensors.read(current.signals, keepingRaw: recorder.keepsRaw)
        try store?.append(readings.layers)
        try recorder.record(current, readings)
      }
      let sample = current.signals.samples.upperBound
      try progress(SimulationProgress(sample: sample, sampleCount: scenario.sampleCount))
    }
    let injections = course.injections(sensors.layout)
    try recorder.complete()
    if let path = outputs.truth {
      try writeJSON(
        RunTruth(world, seed: seed, injections: injections, acting: acting, state: course.state), to: path)
    }
    if var store = store.take() {
      store.labels = description.labels(injections, course.state)
      store.split = description.split
      store.provenance = description.provenance(injections, acting: acting)
      try store.finish()
    }
    return injections
  }

  /// Writes the telemetry to a run store as it comes, in memory for 60 samples of it at most.
  ///
  /// - Parameters:
  ///   - path: The folder to write; its parent exists.
  ///   - replacing: Whether a run store at `path` is replaced.
  /// - Returns: The measured impact of every fault.
  @discardableResult
  public func write(to path: String, replacing: Bool = false) throws -> [Simulation.Injection] {
    var outputs = SimulationOutputs(store: path)
    outputs.replaces = replacing
    return try write(to: outputs)
  }
}
