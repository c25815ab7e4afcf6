import StrataTelemetry

extension Instrument {
  /// The instruments of hosts. Names are those of node_exporter and ipmi_exporter.
  static let host: [Instrument] = [
    make(
      .inlet, .physical, .controller, .level, "ipmi_inlet_temperature_celsius", "Cel", .heat, absolute: 0.1, quantum: 1),
    make(.fanSpeed, .physical, .controller, .level, "node_hwmon_fan_rpm", "1/min", .heat, relative: 0.01, quantum: 60),
    make(
      .power, .physical, .controller, .level, "ipmi_dcmi_power_consumption_watts", "W", .power, relative: 0.005,
      quantum: 8,
      lag: 1),
    make(.processorThrottles, .physical, .host, .count, "node_cpu_core_throttles_total", "1", .heat),
    make(.correctedErrors, .physical, .host, .count, "node_edac_correctable_errors_total", "1", .error),
    make(.uncorrectedErrors, .physical, .host, .count, "node_edac_uncorrectable_errors_total", "1", .error),
    make(
      .diskBusy, .data, .host, .amount, "node_disk_io_time_seconds_total", "s", .wait, absolute: 0.004, ceiling: 1),
    make(
      .frontReceived, .data, .host, .amount, "node_network_receive_bytes_total", "By", .traffic, relative: 0.03),
    make(
      .frontTransmitted, .data, .host, .amount, "node_network_transmit_bytes_total", "By", .traffic, relative: 0.03),
    make(
      .storageReadTime, .data, .host, .level, "node_mountstats_nfs_operations_response_time_seconds", "s", .wait,
      relative: 0.05),
    make(
      .storageQueueTime, .data, .host, .level, "node_mountstats_nfs_operations_queue_time_seconds", "s", .wait,
      relative: 0.1),
    make(
      .ioPressure, .data, .host, .amount, "node_pressure_io_stalled_seconds_total", "s", .wait, absolute: 0.001,
      ceiling: 1),
    make(.retransmissions, .data, .host, .count, "node_netstat_Tcp_RetransSegs", "1", .error),
    make(
      .processorBusy, .compute, .host, .amount, "node_cpu_seconds_total", "s", .work, relative: 0.02, absolute: 0.1),
    make(.processorWaiting, .compute, .host, .amount, "node_cpu_iowait_seconds_total", "s", .wait, absolute: 0.02),
    make(.load, .compute, .host, .level, "node_load1", "1", .work, relative: 0.02, quantum: 0.01),
    make(
      .processorPressure, .compute, .host, .amount, "node_pressure_cpu_waiting_seconds_total", "s", .wait,
      absolute: 0.001, ceiling: 1),
    make(
      .memoryAvailable, .compute, .host, .level, "node_memory_MemAvailable_bytes", "By", .memory, relative: 0.001,
      quantum: 4096),
    make(.kills, .compute, .host, .level, "node_vmstat_oom_kill", "1", .error, quantum: 1),
    make(
      .contextSwitches, .compute, .host, .amount, "node_context_switches_total", "1", .work, relative: 0.05, quantum: 1),
  ]

  private static func make(
    _ signal: HostSignal, _ layer: TelemetryLayer, _ exporter: Exporter, _ quantity: Quantity, _ name: String,
    _ unit: String, _ meaning: Channel.Meaning, relative: Double = 0, absolute: Double = 0, quantum: Double = 0,
    lag: Double = 0, ceiling: Double = .infinity
  ) -> Instrument {
    Instrument(
      .host, signal.rawValue, layer, exporter, quantity, name, unit: unit, meaning: meaning, relativeNoise: relative,
      absoluteNoise: absolute, quantum: quantum, lag: lag, ceiling: ceiling)
  }

  /// The instruments of jobs. Names are those of Megatron's TensorBoard scalars and of vLLM.
  static let job: [Instrument] = [
    Instrument(
      .job, JobSignal.iteration.rawValue, .application, .job, .count, "iterations", unit: "1", meaning: .progress),
    logged(.iterationTime, "iteration-time", "s", .progress),
    logged(.loss, "lm loss", "1", .progress), logged(.gradientNorm, "grad-norm", "1", .progress),
    logged(.learningRate, "learning-rate", "1", .progress),
    logged(.throughput, "throughput", "/s", .progress),
    logged(.balancingLoss, "load_balancing_loss", "1", .progress), logged(.zLoss, "z_loss", "1", .progress),
    logged(.largestLogit, "max_attention_logit", "1", .progress),
    logged(.divergence, "kl-divergence", "1", .progress),
    logged(.skipped, "skipped-iterations", "1", .error), logged(.notANumber, "nan-iterations", "1", .error),
    logged(.checkpointing, "save-checkpoint-active", "1", .other),
    logged(.evaluating, "evaluation-active", "1", .other), logged(.restarts, "restarts", "1", .error),
    logged(.firstTokenTime, "vllm:time_to_first_token_seconds", "s", .progress),
    logged(.outputTokenTime, "vllm:time_per_output_token_seconds", "s", .progress),
    logged(.running, "vllm:num_requests_running", "1", .work),
    logged(.waiting, "vllm:num_requests_waiting", "1", .wait),
    logged(.cacheUsage, "vllm:kv_cache_usage_perc", "1", .memory),
    logged(.requests, "vllm:request_success_rate", "/s", .progress),
    logged(.generatedTokens, "vllm:generation_tokens_rate", "/s", .progress),
  ]

  private static func logged(
    _ signal: JobSignal, _ name: String, _ unit: String, _ meaning: Channel.Meaning
  ) -> Instrument {
    Instrument(.job, signal.rawValue, .application, .job, .level, name, unit: unit, meaning: meaning)
  }

  /// The instruments of the routers, layer by layer.
  static let router: [Instrument] = [
    routed(.balancingLoss, "moe/load_balancing_loss"), routed(.zLoss, "moe/z_loss"),
    routed(.entropy, "moe/router_entropy"), routed(.maximalViolation, "moe/max_violation"),
    routed(.deadFraction, "moe/dead_expert_fraction"), routed(.dropRate, "moe/token_drop_rate"),
    routed(.largestBias, "moe/expert_bias_abs_max"),
  ]

  private static func routed(_ signal: RouterSignal, _ name: String) -> Instrument {
    Instrument(.router, signal.rawValue, .application, .job, .level, name, unit: "1", meaning: .progress)
  }

  /// The instruments of experts.
  static let expert: [Instrument] = [
    Instrument(
      .expert, ExpertSignal.tokens.rawValue, .application, .job, .level, "moe/tokens", unit: "1", meaning: .work),
    Instrument(
      .expert, ExpertSignal.gradientNorm.rawValue, .application, .job, .level, "moe/grad_norm", unit: "1",
      meaning: .progress),
    Instrument(
      .expert, ExpertSignal.weightNorm.rawValue, .application, .job, .level, "moe/weight_norm", unit: "1",
      meaning: .progress),
    Instrument(
      .expert, ExpertSignal.bias.rawValue, .application, .job, .level, "moe/expert_bias", unit: "1", meaning: .progress),
  ]
}
