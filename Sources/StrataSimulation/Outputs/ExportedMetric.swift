import StrataTelemetry

/// How a channel is called in an exposition, and by which labels its series are told apart.
enum ExportedMetric {
  /// The family of an instrument.
  ///
  /// Names that Prometheus allows are kept; those of TensorBoard become `megatron_` and the name with `_` for what is not
  /// allowed, and the time of processors waiting for disks becomes the mode of `node_cpu_seconds_total` that it is.
  static func family(_ instrument: Instrument) -> MetricFamily {
    var unit = instrument.channel.unit
    if instrument.quantity == .amount, unit.hasSuffix("/s") { unit.removeLast(2) }
    let kind: MetricFamily.Kind =
      switch instrument.quantity {
      case .level, .message: .gauge
      case .amount, .count: .counter
      }
    return MetricFamily(name(instrument), kind, unit: units[unit] ?? unit)
  }

  /// Units as OpenMetrics spells them.
  private static let units = ["1": "", "s": "seconds", "By": "bytes", "Cel": "celsius", "W": "watts"]

  private static func name(_ instrument: Instrument) -> String {
    let name = instrument.channel.name
    if isProcessorTime(instrument) { return "node_cpu_seconds_total" }
    if MetricFamily.isName(name, allowing: ":") { return name }
    return "megatron_" + String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
  }

  private static func isProcessorTime(_ instrument: Instrument) -> Bool {
    instrument.kind == .host
      && [HostSignal.processorBusy.rawValue, HostSignal.processorWaiting.rawValue].contains(instrument.signal)
  }

  /// The labels of a metric of a device.
  ///
  /// - Parameters:
  ///   - job: The job that runs there, and its rank.
  ///   - gpu: What exporters call the device.
  ///   - instrument: The metric.
  static func labels(_ instrument: Instrument, of gpu: GPUIdentity, job: (name: String, rank: Int)?) -> LabelSet {
    let port = "mlx5_\(gpu.index)"
    switch instrument.exporter {
    case .device, .profiling, .controller, .host: return .dcgm(gpu)
    case .port where instrument.channel.name.hasPrefix("ethtool"):
      return .nodeExporter(host: gpu.hostname, device: port)
    case .port: return .nodeExporter(host: gpu.hostname, device: port, port: 1)
    case .timer, .job:
      guard let job else { return LabelSet(["instance": "\(gpu.hostname):18888", "gpu": "\(gpu.index)"]) }
      return LabelSet([
        "instance": "\(gpu.hostname):18888", "gpu": "\(gpu.index)", "job_name": job.name, "rank": "\(job.rank)",
      ])
    }
  }

  /// The labels of a metric of a host.
  static func labels(_ instrument: Instrument, ofHost host: String) -> LabelSet {
    let node = "\(host):9100"
    switch HostSignal(rawValue: instrument.signal) {
    case .processorBusy: return LabelSet(["instance": node, "mode": "user"])
    case .processorWaiting: return LabelSet(["instance": node, "mode": "iowait"])
    case .processorThrottles: return LabelSet(["instance": node, "package": "0", "core": "0"])
    case .correctedErrors, .uncorrectedErrors: return LabelSet(["instance": node, "controller": "mc0"])
    case .diskBusy: return .nodeExporter(host: host, device: "nvme0n1")
    case .frontReceived, .frontTransmitted: return .nodeExporter(host: host, device: "eth0")
    case .storageReadTime, .storageQueueTime:
      return LabelSet(["instance": node, "export": "storage:/data", "operation": "READ"])
    case .fanSpeed: return LabelSet(["instance": node, "chip": "platform_nct6775_656", "sensor": "fan1"])
    case .inlet, .power: return LabelSet(["instance": "\(host):9290"])
    default: return .nodeExporter(host: host)
    }
  }
}

extension World {
  /// What the hosts call themselves: `c0-rack0-host3`.
  var hostnames: [String] { cluster.hosts.map { $0.description.split(separator: "/").joined(separator: "-") } }

  /// What exporters and kernels call the devices.
  var identities: [GPUIdentity] {
    let names = hostnames
    return cluster.devices.indices.map {
      GPUIdentity(
        hostname: names[cluster.host(of: $0)], index: cluster.slot(of: $0), modelName: specification.model)
    }
  }
}
