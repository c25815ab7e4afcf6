import StrataTensor

/// The labels of a series, as text that is made once and copied into every sample.
public struct LabelSet: Hashable, Sendable {
  /// `{gpu="0",Hostname="h1"}`; empty without labels.
  let text: [UInt8]

  /// - Parameter labels: Names and values, in the order in which they are to stand.
  /// - Precondition: Names have letters, digits and `_` only, do not begin with a digit or with `__`, and differ.
  public init(_ labels: KeyValuePairs<String, String>) {
    var text: [UInt8] = []
    for (name, value) in labels {
      require(
        MetricFamily.isName(name) && !name.hasPrefix("__"), "LabelSet: '\(name)' is not the name of a label")
      text += text.isEmpty ? "{".utf8 : ",".utf8
      text += "\(name)=\"".utf8
      text += Self.escaped(value)
      text += "\"".utf8
    }
    require(Set(labels.map(\.key)).count == labels.count, "LabelSet: a label occurs twice in \(labels.map(\.key))")
    if !text.isEmpty { text += "}".utf8 }
    self.text = text
  }

  /// The bytes of `text` with backslashes, quotes and line ends escaped.
  static func escaped(_ text: String) -> [UInt8] {
    var result: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\\"): result += #"\\"#.utf8
      case UInt8(ascii: "\""): result += #"\""#.utf8
      case UInt8(ascii: "\n"): result += #"\n"#.utf8
      default: result.append(byte)
      }
    }
    return result
  }
}

extension LabelSet {
  /// The labels of a GPU in the exposition of dcgm-exporter.
  public static func dcgm(_ gpu: GPUIdentity) -> LabelSet {
    LabelSet([
      "gpu": String(gpu.index), "UUID": gpu.uuid, "pci_bus_id": gpu.pciBusID, "device": "nvidia\(gpu.index)",
      "modelName": gpu.modelName, "Hostname": gpu.hostname,
    ])
  }

  /// The labels of a host in the exposition of node_exporter, as the scraper completes them.
  public static func nodeExporter(host: String) -> LabelSet { LabelSet(["instance": "\(host):9100"]) }

  /// The labels of a device of a host, such as `eth0` or a disk.
  public static func nodeExporter(host: String, device: String) -> LabelSet {
    LabelSet(["instance": "\(host):9100", "device": device])
  }

  /// The labels of a port of an InfiniBand or RoCE adapter, such as `mlx5_0` and 1.
  public static func nodeExporter(host: String, device: String, port: Int) -> LabelSet {
    LabelSet(["instance": "\(host):9100", "device": device, "port": String(port)])
  }
}
