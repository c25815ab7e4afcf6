/// How often and how imperfectly the exporters report.
public struct SensorDefects: Codable, Hashable, Sendable {
  /// The part of all samples that is missing at random, per exporter and entity; logs of jobs have no gaps.
  public var missing = 0.005
  /// The mean length of a run of missing samples.
  public var missingRun = 3.0
  /// How early a reading may be taken, as a part of the sampling interval.
  public var jitter = 0.03
  /// How often the counters of one exporter and entity restart, per day.
  public var counterResetsPerDay = 1.0
  /// Scales the noise of all instruments.
  public var noise = 1.0
  /// The deviation of the clocks of hosts, in seconds; one host in a hundred is off by fifty times as much.
  public var clockOffset = 0.02

  // MARK: Seconds between readings; zero for every sample

  /// Of the exporter of device metrics.
  public var devicePeriod = 0.0
  /// Of the exporter of host metrics.
  public var hostPeriod = 0.0
  /// Of the counters of network ports.
  public var portPeriod = 0.0
  /// Of the management controller: inlet air, fans, power of the host.
  public var controllerPeriod = 0.0

  /// The default defects.
  public init() {}

  /// Sensors that report what is there, quantised but at the right time and without gaps.
  public static let none: SensorDefects = {
    var defects = SensorDefects()
    (defects.missing, defects.jitter, defects.counterResetsPerDay, defects.noise) = (0, 0, 0, 0)
    defects.clockOffset = 0
    return defects
  }()
}
