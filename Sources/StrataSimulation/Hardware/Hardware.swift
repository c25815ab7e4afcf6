/// A kind of accelerator host that a cluster can consist of.
public enum Hardware: String, CaseIterable, Codable, Sendable {
  /// NVIDIA H100 SXM with 400 Gbit/s per device.
  case h100
  /// NVIDIA H800: an H100 with less than half the NVLink bandwidth.
  case h800
  /// NVIDIA A100 SXM 80 GB with 200 Gbit/s per device.
  case a100
  /// NVIDIA B200 with 800 Gbit/s per device.
  case b200
  /// An accelerator like Huawei's Ascend 910B with 200 Gbit/s per device.
  case ascend

  /// How a device is called in entity paths.
  public var deviceName: String { self == .ascend ? "npu" : "gpu" }

  /// What one device and its links are like.
  public var specification: DeviceSpecification {
    switch self {
    case .h100: .h100
    case .h800: .h800
    case .a100: .a100
    case .b200: .b200
    case .ascend: .ascend
    }
  }
}
