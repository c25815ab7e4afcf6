import StrataSimulation

/// How the signs of a signature are read off the telemetry of a run and of its fault-free course.
struct Signs {
  /// Channels that move together, and how far they must for it to count.
  struct Measure {
    enum Kind {
      /// Means over entities and samples are compared.
      case level
      /// Happenings are counted.
      case events
    }

    /// These are added up.
    let channels: [String]
    var kind = Kind.level
    /// The least change that counts, relative to the fault-free mean and absolute.
    var relative = 0.0
    var absolute = 0.0
    /// The largest change that still counts as none, in the same way.
    var still = 0.0
  }

  typealias Aspect = FaultSignature.Aspect
  typealias Sign = FaultSignature.Sign

  private static func level(
    _ channels: String..., relative: Double = 0, absolute: Double = 0, still: Double? = nil
  ) -> Measure {
    Measure(channels: channels, relative: relative, absolute: absolute, still: still ?? relative)
  }

  private static func events(_ channels: String...) -> [Measure] {
    channels.map { Measure(channels: [$0], kind: .events, absolute: 0.5) }
  }

  private static let port = "node_infiniband_"

  /// Every aspect, by the channels that show it.
  static let measures: [Aspect: [Measure]] = [
    .temperature: [
      level("DCGM_FI_DEV_GPU_TEMP", absolute: 0.8, still: 0.04),
      level("DCGM_FI_DEV_MEMORY_TEMP", absolute: 0.8, still: 0.04),
    ],
    .power: [level("DCGM_FI_DEV_POWER_USAGE", relative: 0.005, still: 0.02)],
    .clock: [level("DCGM_FI_DEV_SM_CLOCK", relative: 0.01)],
    .errors: events(
      port + "symbol_error_total", port + "port_errors_received_total", port + "link_error_recovery_total",
      port + "link_downed_total", port + "out_of_sequence_packets_received_total",
      port + "local_ack_timeout_errors_total",
      port + "roce_adp_retransmits_total", port + "out_of_buffer_drops_total",
      "DCGM_FI_DEV_NVLINK_REPLAY_ERROR_COUNT_TOTAL", "DCGM_FI_DEV_NVLINK_CRC_FLIT_ERROR_COUNT_TOTAL",
      "DCGM_FI_DEV_NVLINK_RECOVERY_ERROR_COUNT_TOTAL", "DCGM_FI_DEV_FABRIC_HEALTH_MASK",
      "DCGM_FI_DEV_PCIE_REPLAY_COUNTER", "DCGM_FI_DEV_ECC_SBE_VOL_TOTAL", "DCGM_FI_DEV_ECC_DBE_VOL_TOTAL",
      "DCGM_FI_DEV_ECC_DBE_VOL_L2", "DCGM_FI_DEV_CORRECTABLE_REMAPPED_ROWS", "DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS",
      "DCGM_FI_DEV_ROW_REMAP_FAILURE", "DCGM_FI_DEV_XID_ERRORS", "DCGM_FI_DEV_POWER_VIOLATION",
      "DCGM_FI_DEV_THERMAL_VIOLATION", "node_edac_correctable_errors_total", "node_vmstat_oom_kill"),
    .nvlink: [
      level("DCGM_FI_PROF_NVLINK_TX_BYTES", relative: 0.005, still: 0.02),
      level("DCGM_FI_PROF_NVLINK_RX_BYTES", relative: 0.005, still: 0.02),
    ],
    .pcie: [level("DCGM_FI_PROF_PCIE_RX_BYTES", "DCGM_FI_PROF_PCIE_TX_BYTES", relative: 0.1)],
    .network: [
      level(
        port + "port_data_transmitted_bytes_total", port + "port_data_received_bytes_total", relative: 0.005,
        still: 0.04),
      level("node_network_receive_bytes_total", relative: 0.01, still: 0.04),
    ],
    .congestion: [
      level(port + "port_transmit_wait_total", relative: 0.1),
      level(port + "np_ecn_marked_roce_packets_received_total", relative: 0.2, absolute: 0.5),
      level("ethtool_transmitted_prio3_pause_total", relative: 0.2),
    ],
    .storage: [
      level("node_disk_io_time_seconds_total", relative: 0.1),
      level("node_mountstats_nfs_operations_response_time_seconds", relative: 0.1),
      level("node_mountstats_nfs_operations_queue_time_seconds", relative: 0.1),
      level("node_pressure_io_stalled_seconds_total", relative: 0.1),
    ],
    .utilisation: [level("DCGM_FI_DEV_GPU_UTIL", relative: 0.01, still: 0.02)],
    .tensor: [level("DCGM_FI_PROF_PIPE_TENSOR_ACTIVE", relative: 0.005, still: 0.02)],
    .work: [
      level("XPU_TIMER_MM_KERNEL_SECONDS", relative: 0.005, still: 0.05),
      level("XPU_TIMER_GROUPED_GEMM_SECONDS", relative: 0.005, still: 0.08),
    ],
    .wait: [
      level("XPU_TIMER_COLL_KERNEL_WAIT_SECONDS", relative: 0.03, still: 0.05),
      level("XPU_TIMER_COLL_KERNEL_WAIT_SECONDS", "XPU_TIMER_P2P_WAIT_SECONDS", relative: 0.03, still: 0.05),
      level("XPU_TIMER_COMMON_HANG", absolute: 0.05),
    ],
    .processor: [
      level("node_cpu_seconds_total", relative: 0.02), level("node_load1", relative: 0.02),
      level("node_cpu_iowait_seconds_total", relative: 0.1),
      level("node_pressure_cpu_waiting_seconds_total", relative: 0.1),
      level("node_context_switches_total", relative: 0.05),
    ],
    .memory: [
      level("DCGM_FI_DEV_FB_USED", relative: 0.005), level("mem-reserved-bytes", relative: 0.005),
      level("node_memory_MemAvailable_bytes", relative: 0.01),
    ],
    .stepTime: [level("iteration-time", relative: 0.005, still: 0.01)],
    .loss: [
      level("lm loss", relative: 0.0004, still: 0.01), level("grad-norm", relative: 0.02, still: 0.05),
      level("local-grad-norm", relative: 0.02, still: 0.05), level("skipped-iterations", absolute: 0.002),
      level("max_attention_logit", relative: 0.05), level("kl-divergence", relative: 0.05),
      level("moe/grad_norm", relative: 0.05, still: 0.2), level("moe/weight_norm", relative: 0.02),
    ],
    .router: [
      level("moe/router_entropy", relative: 0.01, still: 0.02),
      level("moe/load_balancing_loss", relative: 0.01, still: 0.02),
      level("moe/max_violation", relative: 0.2, absolute: 0.02, still: 0.5),
      level("moe/z_loss", relative: 0.1, still: 0.2),
      level("moe/token_drop_rate", absolute: 0.002), level("moe/dead_expert_fraction", absolute: 0.02),
      level("moe/tokens_per_expert_mean", relative: 0.02, still: 0.03),
    ],
    .missing: [
      level("DCGM_FI_DEV_GPU_TEMP"), level("DCGM_FI_DEV_POWER_USAGE"), level("node_load1"), level("iteration-time"),
    ],
  ]

  let experiment: Experiment
  let subject: Experiment.Subject
  let samples: Range<Int>

  /// What a sign of an aspect lacks; nil when it is there.
  func fault(_ aspect: Aspect, _ signs: [Sign]) -> String? {
    guard !subject.devices.isEmpty else { return "\(aspect): there is nobody to show it" }
    let found = (Self.measures[aspect] ?? []).map { measure in self.found(measure, aspect) }
    if signs.contains(where: { holds($0, aspect, found) }) { return nil }
    return
      "\(aspect) should be \(signs.map(\.rawValue).joined(separator: " or ")): \(found.map(\.text).joined(separator: ", "))"
  }

  /// What became of the channels of a measure.
  private struct Found {
    let measure: Measure
    var before = 0.0
    var after = 0.0
    /// Mean deviations in time.
    var deviations = (before: 0.0, after: 0.0)
    /// How far single readings leave the fault-free range, as a part of the fault-free mean.
    var excursion = 0.0
    /// The mean change of an entity, whichever way, relative to the fault-free mean.
    var shuffle = 0.0
    /// The part of the readings that is missing, that is missing or next to nothing, and that repeats the last.
    var missing = 0.0
    var vanished = 0.0

    var change: Double { after - before }
    var threshold: Double { measure.relative * before.magnitude + measure.absolute }
    var stillness: Double { measure.still * before.magnitude + measure.absolute }
    var text: String {
      "\(measure.channels[0]) \(Self.short(before)) → \(Self.short(after)) ±\(Self.short(deviations.before)) → "
        + "\(Self.short(deviations.after)), excursion \(Self.short(excursion)), missing \(Self.short(missing))"
    }

    private static func short(_ value: Double) -> String {
      guard value.isFinite, value != 0 else { return "\(value)" }
      var (scale, magnitude) = (1.0, value.magnitude)
      while magnitude < 1000 { (scale, magnitude) = (scale * 10, magnitude * 10) }
      return "\((value * scale).rounded() / scale)"
    }
  }

  private func holds(_ sign: Sign, _ aspect: Aspect, _ found: [Found]) -> Bool {
    switch (aspect, sign) {
    case (.missing, .flat): return found.allSatisfy { $0.missing == 0 }
    case (.missing, .vanishes): return found.contains { $0.missing > 0.95 }
    case (.missing, _): return found.contains { $0.missing > 0.1 }
    case (.stepTime, .vanishes): return !progresses
    // Utilisation of a device that spins is full, which is hardly more than when it works.
    case (.utilisation, .up): return found.allSatisfy { $0.after >= min(99, $0.before) - 0.5 }
    // What counts congestion stands still where nothing moves.
    case (.congestion, .flat): return found.allSatisfy { $0.change <= $0.stillness }
    case (.router, .up):
      return found.contains {
        $0.measure.channels[0] == "moe/router_entropy" ? $0.change < -$0.threshold : $0.change > $0.threshold
      }
    case (.router, .down):
      return found.contains { $0.measure.channels[0] == "moe/tokens_per_expert_mean" && $0.shuffle > 0.05 }
    // Bytes per second fall for all when steps become longer; a receiver of more bytes shows beside its peers.
    case (.network, .up): return found[0].after / found[0].before > 1.02 * peers(found[0].measure)
    // Kernels keep the pipes as busy as before, for a larger part of the time when nothing is waited for.
    case (.tensor, .flat):
      return (found[0].after * busy.after / (found[0].before * busy.before) - 1).magnitude <= found[0].measure.still
    case (.work, .flat): return found[0].change.magnitude <= found[0].stillness
    case (_, .up): return found.contains { $0.change > $0.threshold }
    case (_, .down): return found.contains { $0.change < -$0.threshold }
    case (_, .flat):
      return found.allSatisfy {
        // Where few readings are left, or one that repeats itself, their mean may differ by chance.
        let left = $0.deviations.after == 0 ? 1 : (1 - $0.missing) * Double(samples.count)
        let chance = left > 1 && $0.missing == 0 ? 0 : 3 * $0.deviations.before / left.squareRoot()
        return $0.change.magnitude <= max($0.stillness, chance, 1e-9)
      }
    case (_, .spike):
      return found.contains {
        $0.measure.kind == .events ? $0.change > 0.5 : $0.excursion > max(0.03, $0.measure.still)
      }
    case (_, .jitter): return found.contains { $0.deviations.after > 1.2 * $0.deviations.before + 1e-6 }
    case (_, .vanishes): return found.contains { $0.vanished > 0.9 }
    }
  }

  /// Seconds per step and second of work, without and with the fault.
  private var busy: (before: Double, after: Double) {
    let (step, work) = (found(Self.measures[.stepTime]![0], .stepTime), found(Self.measures[.work]![0], .work))
    return (step.before / work.before, step.after / work.after)
  }

  /// By which factor a measure changes on everyone else.
  private func peers(_ measure: Measure) -> Double {
    let found = Signs(experiment: experiment, subject: experiment.victim, samples: samples).found(measure, .network)
    return found.after / found.before
  }

  /// Whether the job makes steps after the first moments.
  private var progresses: Bool {
    guard let iteration = Instrument.named("iterations") else { return true }
    let made = experiment.actual.series(iteration, 0, samples.lowerBound + 20..<samples.upperBound).filter(\.isFinite)
    return made.contains { $0 > 0 }
  }

  private func found(_ measure: Measure, _ aspect: Aspect) -> Found {
    var found = Found(measure: measure)
    let instruments = measure.channels.compactMap(Instrument.named)
    precondition(instruments.count == measure.channels.count, "no such channels: \(measure.channels)")
    let parts = instruments.map { experiment.pairs($0, subject, samples) }
    let entities = parts[0].indices
    guard !entities.isEmpty else { return found }
    let share = 1 / Double(entities.count)
    for entity in entities {
      let actual = added(parts.map { $0[entity].actual })
      let healthy = added(parts.map { $0[entity].healthy })
      if measure.kind == .events {
        found.before += healthy.filter(\.isFinite).reduce(0, +)
        found.after += actual.filter(\.isFinite).reduce(0, +)
        continue
      }
      let (before, after) = (Moments(healthy), Moments(actual))
      found.before += before.mean * share
      found.after += (after.count > 0 ? after.mean : before.mean) * share
      found.deviations.before += before.deviation * share
      found.deviations.after += after.deviation * share
      let scale = max(before.mean.magnitude, measure.absolute, 1e-12)
      found.excursion = max(found.excursion, max(after.largest - before.largest, before.least - after.least) / scale)
      if after.count > 0 { found.shuffle += (after.mean - before.mean).magnitude / scale * share }
      found.missing += Double(actual.count { $0.isNaN } - healthy.count { $0.isNaN }) / Double(actual.count) * share
      let vanished = actual.count { $0.isNaN || $0.magnitude < 0.05 * before.mean.magnitude }
      found.vanished += Double(vanished) / Double(actual.count) * share
    }
    return found
  }

  private func added(_ series: [[Double]]) -> [Double] {
    series.dropFirst().reduce(series[0]) { sums, next in zip(sums, next).map(+) }
  }

  /// Mean, deviation and range of what is there of a series.
  private struct Moments {
    var count = 0
    var mean = 0.0
    var deviation = 0.0
    var least = 0.0
    var largest = 0.0

    init(_ series: [Double]) {
      let values = series.filter(\.isFinite)
      count = values.count
      guard count > 0 else { return }
      mean = values.reduce(0, +) / Double(count)
      deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)).squareRoot()
      (least, largest) = (values.min() ?? 0, values.max() ?? 0)
    }
  }
}
