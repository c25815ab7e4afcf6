public import StrataTelemetry

extension AlarmPolicy {
  /// Reads `{budget: 10, mergeGap: 120}`: false alarms per 1000 host-days, and seconds.
  ///
  /// - Throws: `ConfigurationError` with file and line.
  public init(_ node: ConfigurationNode) throws(ConfigurationError) {
    self.init(budget: try node.double("budget", in: 1e-6...1e9), mergeGap: try node.double("mergeGap", in: 0...1e9))
  }
}
