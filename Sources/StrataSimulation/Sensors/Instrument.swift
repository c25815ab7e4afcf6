package import StrataTelemetry

/// The sensor of one signal: under which name it reports, and how it distorts what it measures.
package struct Instrument: Sendable {
  package let signal: Signal
  package let layer: TelemetryLayer
  package let channel: Channel
  /// The deviation of a reading, relative to its value and absolute.
  package var relativeNoise = 0.0
  package var absoluteNoise = 0.0
  /// Readings are multiples of this; zero means as exact as a `Float`.
  package var quantum = 0.0
  /// The time constant with which a reading follows the quantity, in seconds.
  package var lag = 0.0
  /// The largest reading.
  package var ceiling = Double.infinity

  package var isCounter: Bool { channel.kind == .counter }

  init(
    _ signal: Signal, _ layer: TelemetryLayer, _ name: String, _ kind: Channel.Kind = .gauge, unit: String,
    meaning: Channel.Meaning, relativeNoise: Double = 0, absoluteNoise: Double = 0, quantum: Double = 0,
    lag: Double = 0, ceiling: Double = .infinity
  ) {
    (self.signal, self.layer) = (signal, layer)
    channel = Channel(name: name, kind: kind, unit: unit, meaning: meaning)
    (self.relativeNoise, self.absoluteNoise, self.quantum) = (relativeNoise, absoluteNoise, quantum)
    (self.lag, self.ceiling) = (lag, ceiling)
  }
}

extension Instrument {
  /// Every instrument of a device, in the order of ``Signal``.
  ///
  /// Names are those of DCGM, node_exporter and Megatron. A counter whose healthy growth per sample is beyond the 24 bits
  /// of a stored `Float` (bytes, transmit-wait ticks) is reported as a rate, as a recording rule would store it; the
  /// other counters are whole numbers that restart at 2²⁴.
  package static let all: [Instrument] = physical + data + compute + application

  private static let physical: [Instrument] = [
    Instrument(
      .temperature, .physical, "DCGM_FI_DEV_GPU_TEMP", unit: "Cel", meaning: .heat, absoluteNoise: 0.2, quantum: 1,
      lag: 2),
    Instrument(
      .memoryTemperature, .physical, "DCGM_FI_DEV_MEMORY_TEMP", unit: "Cel", meaning: .heat, absoluteNoise: 0.2,
      quantum: 1, lag: 4),
    Instrument(
      .power, .physical, "DCGM_FI_DEV_POWER_USAGE", unit: "W", meaning: .power, relativeNoise: 0.01, quantum: 0.001),
    Instrument(.clock, .physical, "DCGM_FI_DEV_SM_CLOCK", unit: "MHz", meaning: .power, quantum: 15),
    Instrument(
      .thermalViolation, .physical, "DCGM_FI_DEV_THERMAL_VIOLATION", .counter, unit: "ms", meaning: .heat, quantum: 1),
  ]

  private static let data: [Instrument] = [
    Instrument(
      .transmitted, .data, "node_infiniband_port_data_transmitted_bytes_total", .rate, unit: "By/s",
      meaning: .traffic),
    Instrument(
      .received, .data, "node_infiniband_port_data_received_bytes_total", .rate, unit: "By/s", meaning: .traffic),
    Instrument(
      .transmitWait, .data, "node_infiniband_port_transmit_wait_total", .rate, unit: "/s", meaning: .wait,
      relativeNoise: 0.1, quantum: 1),
    Instrument(
      .symbolErrors, .data, "node_infiniband_symbol_error_total", .counter, unit: "1", meaning: .error, quantum: 1),
    Instrument(
      .receiveErrors, .data, "node_infiniband_port_errors_received_total", .counter, unit: "1", meaning: .error,
      quantum: 1),
    Instrument(
      .linkTransmitted, .data, "DCGM_FI_PROF_NVLINK_TX_BYTES", .rate, unit: "By/s", meaning: .traffic,
      relativeNoise: 0.005),
    Instrument(
      .linkReceived, .data, "DCGM_FI_PROF_NVLINK_RX_BYTES", .rate, unit: "By/s", meaning: .traffic,
      relativeNoise: 0.005),
    Instrument(
      .hostReceived, .data, "DCGM_FI_PROF_PCIE_RX_BYTES", .rate, unit: "By/s", meaning: .traffic, relativeNoise: 0.02),
    Instrument(
      .hostTransmitted, .data, "DCGM_FI_PROF_PCIE_TX_BYTES", .rate, unit: "By/s", meaning: .traffic,
      relativeNoise: 0.02),
  ]

  private static let compute: [Instrument] = [
    Instrument(
      .utilisation, .compute, "DCGM_FI_DEV_GPU_UTIL", unit: "%", meaning: .work, absoluteNoise: 0.5, quantum: 1,
      ceiling: 100),
    Instrument(
      .multiprocessorActive, .compute, "DCGM_FI_PROF_SM_ACTIVE", unit: "1", meaning: .work, absoluteNoise: 0.004,
      quantum: 1e-6, ceiling: 1),
    Instrument(
      .tensorActive, .compute, "DCGM_FI_PROF_PIPE_TENSOR_ACTIVE", unit: "1", meaning: .work, absoluteNoise: 0.004,
      quantum: 1e-6, ceiling: 1),
    Instrument(
      .memoryActive, .compute, "DCGM_FI_PROF_DRAM_ACTIVE", unit: "1", meaning: .memory, absoluteNoise: 0.004,
      quantum: 1e-6, ceiling: 1),
    Instrument(.memoryUsed, .compute, "DCGM_FI_DEV_FB_USED", unit: "MiBy", meaning: .memory, quantum: 2),
    Instrument(.work, .compute, "step_work_seconds", unit: "s", meaning: .work, quantum: 1e-6),
    Instrument(.wait, .compute, "nccl_collective_wait_seconds", unit: "s", meaning: .wait, quantum: 1e-6),
    Instrument(.transfer, .compute, "nccl_collective_transfer_seconds", unit: "s", meaning: .traffic, quantum: 1e-6),
  ]

  private static let application: [Instrument] = [
    Instrument(.iterationTime, .application, "iteration-time", unit: "s", meaning: .progress, quantum: 1e-4),
    Instrument(.loadingTime, .application, "batch-generator-time", unit: "s", meaning: .wait, quantum: 1e-4),
    Instrument(.expertTokens, .application, "moe/tokens_per_expert_mean", unit: "1", meaning: .work, quantum: 1),
    Instrument(.largestExpertTokens, .application, "moe/tokens_per_expert_max", unit: "1", meaning: .work, quantum: 1),
    Instrument(.balancingLoss, .application, "load_balancing_loss", unit: "1", meaning: .progress),
    Instrument(.routerEntropy, .application, "moe/router_entropy", unit: "1", meaning: .progress),
    Instrument(.loss, .application, "lm loss", unit: "1", meaning: .progress),
    Instrument(.gradientNorm, .application, "grad-norm", unit: "1", meaning: .progress),
    Instrument(.sequenceLength, .application, "sequence-length", unit: "1", meaning: .work, quantum: 1),
    Instrument(.checkpointing, .application, "save-checkpoint-active", unit: "1", meaning: .other),
    Instrument(.evaluating, .application, "evaluation-active", unit: "1", meaning: .other),
  ]
}
