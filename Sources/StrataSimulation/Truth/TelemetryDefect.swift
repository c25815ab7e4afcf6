/// What can be wrong with the telemetry of an entity itself, and a series on which it shows.
///
/// The quantities behind the series are as they would be, so that only the defect tells that a reading is wrong.
struct TelemetryDefect: Sendable {
  let kind: EntityKind
  let signal: Int
  let channel: String

  static let all: [TelemetryDefect] = [
    device(.telemetryLost, "DCGM_FI_DEV_POWER_USAGE"), device(.telemetryFrozen, "DCGM_FI_DEV_POWER_USAGE"),
    device(.profilingBlank, "DCGM_FI_PROF_SM_ACTIVE"), device(.temperatureStuck, "DCGM_FI_DEV_GPU_TEMP"),
    host(.scrapeLoss, "node_load1"), host(.clockOffset, "node_load1"), host(.counterResets, "node_cpu_seconds_total"),
    host(.duplicateScrapes, "node_load1"),
  ]

  private static func device(_ signal: DeviceSignal, _ channel: String) -> TelemetryDefect {
    TelemetryDefect(kind: .device, signal: signal.rawValue, channel: channel)
  }

  private static func host(_ signal: HostSignal, _ channel: String) -> TelemetryDefect {
    TelemetryDefect(kind: .host, signal: signal.rawValue, channel: channel)
  }
}
