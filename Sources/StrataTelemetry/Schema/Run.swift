import StrataTensor

/// Where the time of a run is divided.
public struct RunSplit: Hashable, Codable, Sendable {
  /// The first sample that does not belong to training.
  public var trainingEnd: Int

  public init(trainingEnd: Int) { self.trainingEnd = trainingEnd }
}

/// The telemetry of one job or one observation period, on one clock.
public struct Run: Sendable {
  public var name: String
  /// When the first sample was taken, in seconds since 1970 (UTC).
  public var start: Double
  /// The time between samples, in seconds.
  public var interval: Double
  public let sampleCount: Int
  /// At most one series per layer, in the order of the layers.
  public let layers: [LayerSeries]
  /// What is known to have happened; intervals in samples of this run.
  public var labels: [FaultLabel]
  /// Where training time ends, if the data set says so.
  public var split: RunSplit?
  /// What is known about entities: model, rack position, parallel group.
  public var topology: [EntityPath: [String: String]]
  /// Where the run came from: source, seed, configuration hash, commit.
  public var provenance: [String: String]

  /// - Precondition: Every layer appears once and has `sampleCount` samples; `interval` is positive and finite.
  public init(
    name: String, start: Double, interval: Double, sampleCount: Int, layers: [LayerSeries],
    labels: [FaultLabel] = [], split: RunSplit? = nil, topology: [EntityPath: [String: String]] = [:],
    provenance: [String: String] = [:]
  ) {
    require(interval > 0 && interval.isFinite, "Run: interval \(interval) must be positive")
    require(start.isFinite, "Run: start \(start) must be finite")
    require(Set(layers.map(\.layer)).count == layers.count, "Run: a layer of '\(name)' appears twice")
    for series in layers {
      require(
        series.sampleCount == sampleCount,
        "Run: layer \(series.layer) has \(series.sampleCount) samples, expected \(sampleCount)")
    }
    (self.name, self.start, self.interval, self.sampleCount) = (name, start, interval, sampleCount)
    self.layers = layers.sorted { $0.layer < $1.layer }
    (self.labels, self.split, self.topology, self.provenance) = (labels, split, topology, provenance)
  }

  public subscript(layer: TelemetryLayer) -> LayerSeries? { layers.first { $0.layer == layer } }

  /// Every entity of any layer, ordered.
  public var entities: [EntityPath] { Set(layers.flatMap(\.entities)).sorted() }

  /// The share of the samples of all layers that are missing; zero when there are none.
  ///
  /// - Complexity: O(samples).
  public var missingShare: Double {
    var (missing, total) = (0, 0)
    for series in layers {
      series.values.withElements { missing += $0.reduce(0) { $0 + ($1.isNaN ? 1 : 0) } }
      total += series.values.count
    }
    return total > 0 ? Double(missing) / Double(total) : 0
  }

  /// When `sample` was taken, in seconds since 1970 (UTC).
  public func time(of sample: Int) -> Double { start + Double(sample) * interval }

  /// The run as if only the samples of `range` had been recorded; shares storage.
  ///
  /// Labels outside the range are dropped and the others clamped; the split moves along.
  ///
  /// - Precondition: The range lies inside the run.
  public func selecting(samples range: Range<Int>) -> Run {
    require(
      range.lowerBound >= 0 && range.upperBound <= sampleCount,
      "Run.selecting: samples \(range) are outside 0..<\(sampleCount)")
    return Run(metadata.selecting(samples: range), layers: layers.map { $0.selecting(samples: range) })
  }
}

extension RunSplit {
  /// The split as seen by someone who only has the samples of `range`.
  func clamped(to range: Range<Int>) -> RunSplit {
    RunSplit(trainingEnd: min(max(trainingEnd, range.lowerBound), range.upperBound) - range.lowerBound)
  }
}
