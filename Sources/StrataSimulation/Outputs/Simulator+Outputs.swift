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
  /// places are as they were. A store that grows in its place (``SimulationOutputs/publishedPiece``) is completed as far as
  /// it has come when something is thrown; faults are labelled in it when it is complete.
  ///
  /// - Parameters:
  ///   - outputs: What is written, and where; the folders around it exist.
  ///   - left: Faults that do not act, by their place in ``Simulator/faults``. Everything else is as with them.
  ///   - progress: Told after every 60 samples or fewer, and after every piece of a store that grows, which may wait for the
  ///     time of the next; what it throws ends the simulation.
  /// - Returns: The measured impact of every fault that acted.
  /// - Throws: `RunStoreError` or `FileError` when a place cannot be written, and what `progress` throws.
  /// - Precondition: `left` names faults of the run; the length of a published piece is positive.
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
    require(outputs.publishedPiece ?? 1 > 0, "write(to:): pieces of \(outputs.publishedPiece ?? 0) samples")
    var store: RunWriter?
    if let path = outputs.store {
      store = try RunWriter(to: path, metadata: description.metadata, replacing: outputs.replaces)
      if outputs.publishedPiece != nil { try store?.publish() }
    } else {
      store = nil
    }
    var recorder = try RunRecorder(outputs, world, sensors, acting: acting, seed: seed)
    var course = Course(world, faults: acting, threads: threads)
    var upcoming = course.next()
    do {
      while let current = upcoming {
        // The next block is simulated while this one is read and written.
        let readings: [NDArray]
        (upcoming, readings) = try concurrently(threads: threads) {
          course.next()
        } _: {
          let readings = sensors.read(current.signals, keepingRaw: recorder.keepsRaw)
          if outputs.publishedPiece == nil { try store?.append(readings.layers) }
          try recorder.record(current, readings)
          return readings.layers
        }
        let samples = current.signals.samples
        for start in stride(from: 0, to: samples.count, by: outputs.publishedPiece ?? samples.count) {
          let end = min(start + (outputs.publishedPiece ?? samples.count), samples.count)
          if outputs.publishedPiece != nil {
            try store?.append(readings.map { $0.rows(start..<end) })
            try store?.publish()
          }
          try progress(
            SimulationProgress(sample: samples.lowerBound + end, sampleCount: scenario.sampleCount))
        }
      }
    } catch {
      if outputs.publishedPiece != nil, let store = store.take() {
        let injections = course.injections(sensors.layout)
        try complete(store, description, injections, course.state, acting: acting)
      }
      throw error
    }
    let injections = course.injections(sensors.layout)
    try recorder.complete()
    if let path = outputs.truth {
      try writeJSON(
        RunTruth(world, seed: seed, injections: injections, acting: acting, state: course.state), to: path)
    }
    if let store = store.take() { try complete(store, description, injections, course.state, acting: acting) }
    return injections
  }

  /// Completes a store with what is known when the run is over.
  private func complete(
    _ store: consuming RunWriter, _ description: RunDescription, _ injections: [Simulation.Injection],
    _ state: WorldState, acting: [Int]
  ) throws {
    store.labels = description.labels(injections, state)
    store.split = description.split
    store.provenance = description.provenance(injections, acting: acting)
    try store.finish()
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
