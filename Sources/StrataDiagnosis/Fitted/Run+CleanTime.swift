public import StrataTelemetry

extension Run {
  /// The time before the run's training time ends, or its first half where nothing is said.
  public var cleanTime: Run { selecting(samples: 0..<(split?.trainingEnd ?? sampleCount / 2)) }
}
