import StrataTelemetry

extension Instrument {
  /// The instruments of devices and their ports. Names are those of DCGM, node_exporter and xpu_timer.
  static let device: [Instrument] = physicalDevice + dataDevice + computeDevice + applicationDevice

  private static func make(
    _ signal: DeviceSignal, _ layer: TelemetryLayer, _ exporter: Exporter, _ quantity: Quantity, _ name: String,
    _ unit: String, _ meaning: Channel.Meaning, relative: Double = 0, absolute: Double = 0, quantum: Double = 0,
    lag: Double = 0, ceiling: Double = .infinity
  ) -> Instrument {
    Instrument(
      .device, signal.rawValue, layer, exporter, quantity, name, unit: unit, meaning: meaning, relativeNoise: relative,
      absoluteNoise: absolute, quantum: quantum, lag: lag, ceiling: ceiling)
  }

  private static let physicalDevice: [Instrument] = [
    make(
      .temperature, .physical, .device, .level, "DCGM_FI_DEV_GPU_TEMP", "Cel", .heat, absolute: 0.2, quantum: 1, lag: 2),
    make(
      .memoryTemperature, .physical, .device, .level, "DCGM_FI_DEV_MEMORY_TEMP", "Cel", .heat, absolute: 0.2,
      quantum: 1, lag: 4),
    make(.power, .physical, .device, .level, "DCGM_FI_DEV_POWER_USAGE", "W", .power, relative: 0.01, quantum: 0.001),
    make(.energy, .physical, .device, .amount, "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", "mJ", .power, quantum: 1),
    make(.clock, .physical, .device, .level, "DCGM_FI_DEV_SM_CLOCK", "MHz", .power, quantum: 1),
    make(.memoryClock, .physical, .device, .level, "DCGM_FI_DEV_MEM_CLOCK", "MHz", .power, quantum: 1),
    make(.clockReasons, .physical, .device, .level, "DCGM_FI_DEV_CLOCKS_EVENT_REASONS", "1", .power, quantum: 1),
    make(.powerViolation, .physical, .device, .amount, "DCGM_FI_DEV_POWER_VIOLATION", "ns", .power, quantum: 1),
    make(.thermalViolation, .physical, .device, .amount, "DCGM_FI_DEV_THERMAL_VIOLATION", "ns", .heat, quantum: 1),
    make(.correctedErrors, .physical, .device, .count, "DCGM_FI_DEV_ECC_SBE_VOL_TOTAL", "1", .error),
    make(.uncorrectedErrors, .physical, .device, .count, "DCGM_FI_DEV_ECC_DBE_VOL_TOTAL", "1", .error),
    make(.onChipErrors, .physical, .device, .count, "DCGM_FI_DEV_ECC_DBE_VOL_L2", "1", .error),
    make(.correctedRemaps, .physical, .device, .count, "DCGM_FI_DEV_CORRECTABLE_REMAPPED_ROWS", "1", .error),
    make(.uncorrectedRemaps, .physical, .device, .count, "DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS", "1", .error),
    make(.remapFailure, .physical, .device, .level, "DCGM_FI_DEV_ROW_REMAP_FAILURE", "1", .error, quantum: 1),
    make(.pcieReplays, .physical, .device, .count, "DCGM_FI_DEV_PCIE_REPLAY_COUNTER", "1", .error),
    make(.pcieWidth, .physical, .device, .level, "DCGM_FI_DEV_PCIE_LINK_WIDTH", "1", .traffic, quantum: 1),
    make(.xid, .physical, .device, .message, "DCGM_FI_DEV_XID_ERRORS", "1", .error),
  ]

  private static let dataDevice: [Instrument] = [
    port(.transmitted, .amount, "port_data_transmitted_bytes_total", "By", .traffic),
    port(.received, .amount, "port_data_received_bytes_total", "By", .traffic),
    make(
      .transmitWait, .data, .port, .amount, "node_infiniband_port_transmit_wait_total", "1", .wait, relative: 0.1,
      quantum: 1),
    port(.symbolErrors, .count, "symbol_error_total", "1", .error),
    port(.receiveErrors, .count, "port_errors_received_total", "1", .error),
    port(.linkRecoveries, .count, "link_error_recovery_total", "1", .error),
    port(.linkDowned, .count, "link_downed_total", "1", .error),
    port(.portState, .level, "state_id", "1", .error),
    port(.portRate, .level, "rate_bytes_per_second", "By/s", .traffic),
    port(.outOfSequence, .count, "out_of_sequence_packets_received_total", "1", .error),
    port(.acknowledgeTimeouts, .count, "local_ack_timeout_errors_total", "1", .error),
    port(.retransmissions, .count, "roce_adp_retransmits_total", "1", .error),
    port(.marked, .count, "np_ecn_marked_roce_packets_received_total", "1", .wait),
    port(.notifications, .count, "np_cnp_packets_sent_total", "1", .wait),
    make(.pauses, .data, .port, .count, "ethtool_transmitted_prio3_pause_total", "1", .wait),
    port(.bufferDrops, .count, "out_of_buffer_drops_total", "1", .error),
    make(
      .linkTransmitted, .data, .profiling, .level, "DCGM_FI_PROF_NVLINK_TX_BYTES", "By/s", .traffic, relative: 0.005),
    make(.linkReceived, .data, .profiling, .level, "DCGM_FI_PROF_NVLINK_RX_BYTES", "By/s", .traffic, relative: 0.005),
    make(.linkReplays, .data, .device, .count, "DCGM_FI_DEV_NVLINK_REPLAY_ERROR_COUNT_TOTAL", "1", .error),
    make(.linkFlitErrors, .data, .device, .count, "DCGM_FI_DEV_NVLINK_CRC_FLIT_ERROR_COUNT_TOTAL", "1", .error),
    make(.linkRecoveryErrors, .data, .device, .count, "DCGM_FI_DEV_NVLINK_RECOVERY_ERROR_COUNT_TOTAL", "1", .error),
    make(.fabricHealth, .data, .device, .level, "DCGM_FI_DEV_FABRIC_HEALTH_MASK", "1", .error, quantum: 1),
    make(.hostReceived, .data, .profiling, .level, "DCGM_FI_PROF_PCIE_RX_BYTES", "By/s", .traffic, relative: 0.02),
    make(.hostTransmitted, .data, .profiling, .level, "DCGM_FI_PROF_PCIE_TX_BYTES", "By/s", .traffic, relative: 0.02),
  ]

  private static func port(
    _ signal: DeviceSignal, _ quantity: Quantity, _ name: String, _ unit: String, _ meaning: Channel.Meaning
  ) -> Instrument {
    make(signal, .data, .port, quantity, "node_infiniband_" + name, unit, meaning)
  }

  private static let computeDevice: [Instrument] = [
    make(
      .utilisation, .compute, .device, .level, "DCGM_FI_DEV_GPU_UTIL", "%", .work, absolute: 0.5, quantum: 1,
      ceiling: 100),
    make(
      .memoryCopy, .compute, .device, .level, "DCGM_FI_DEV_MEM_COPY_UTIL", "%", .memory, absolute: 0.5, quantum: 1,
      ceiling: 100),
    profiled(.engineActive, "DCGM_FI_PROF_GR_ENGINE_ACTIVE", .work),
    profiled(.multiprocessorActive, "DCGM_FI_PROF_SM_ACTIVE", .work),
    profiled(.occupancy, "DCGM_FI_PROF_SM_OCCUPANCY", .work),
    profiled(.tensorActive, "DCGM_FI_PROF_PIPE_TENSOR_ACTIVE", .work),
    profiled(.memoryActive, "DCGM_FI_PROF_DRAM_ACTIVE", .memory),
    make(.memoryUsed, .compute, .device, .level, "DCGM_FI_DEV_FB_USED", "MiBy", .memory, quantum: 2),
    make(.memoryReserved, .compute, .timer, .level, "mem-reserved-bytes", "MiBy", .memory, quantum: 2),
    timer(.work, "XPU_TIMER_MM_KERNEL_SECONDS", .work),
    timer(.expertWork, "XPU_TIMER_GROUPED_GEMM_SECONDS", .work),
    timer(.hostDelay, "XPU_TIMER_LAUNCH_DELAY_SECONDS", .wait),
    timer(.wait, "XPU_TIMER_COLL_KERNEL_WAIT_SECONDS", .wait),
    timer(.transfer, "XPU_TIMER_COLL_KERNEL_TRANSFER_SECONDS", .traffic),
    timer(.pipelineWait, "XPU_TIMER_P2P_WAIT_SECONDS", .wait),
    make(.hang, .compute, .timer, .level, "XPU_TIMER_COMMON_HANG", "1", .wait, quantum: 1),
  ]

  private static func profiled(_ signal: DeviceSignal, _ name: String, _ meaning: Channel.Meaning) -> Instrument {
    make(signal, .compute, .profiling, .level, name, "1", meaning, absolute: 0.004, quantum: 1e-6, ceiling: 1)
  }

  private static func timer(_ signal: DeviceSignal, _ name: String, _ meaning: Channel.Meaning) -> Instrument {
    make(signal, .compute, .timer, .level, name, "s", meaning, quantum: 1e-6)
  }

  private static let applicationDevice: [Instrument] = [
    make(.loadingTime, .application, .timer, .level, "batch-generator-time", "s", .wait, quantum: 1e-4),
    make(.expertTokens, .application, .timer, .level, "moe/tokens_per_expert_mean", "1", .work, quantum: 1),
    make(.largestExpertTokens, .application, .timer, .level, "moe/tokens_per_expert_max", "1", .work, quantum: 1),
    make(.localGradientNorm, .application, .timer, .level, "local-grad-norm", "1", .progress),
    make(.sequenceLength, .application, .timer, .level, "sequence-length", "1", .work, quantum: 1),
  ]
}
