import StrataTensor

/// What exporters and the kernel call a GPU, so that their records can be joined.
public struct GPUIdentity: Hashable, Sendable {
  public let hostname: String
  /// The position in the host, counted from zero.
  public let index: Int
  public let modelName: String
  /// `GPU-` and a UUID that follows from host and position, so equal clusters have equal names.
  public let uuid: String
  /// The number of the PCI bus.
  public let bus: Int

  /// - Precondition: `index` lies in `0..<256`.
  public init(hostname: String, index: Int, modelName: String) {
    require((0..<256).contains(index), "GPUIdentity: there is no place \(index) in a host")
    (self.hostname, self.index, self.modelName) = (hostname, index, modelName)
    // An odd step meets every bus once; the first is that of an HGX board.
    bus = (0x1b + 0x19 * index) % 256
    let name = "\(hostname)/\(index)"
    let digits = Self.hexadecimal(Self.hash(name), width: 16) + Self.hexadecimal(Self.hash(name + "/"), width: 16)
    var uuid = "GPU-"
    for (place, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(place) { uuid.append("-") }
      uuid.append(digit)
    }
    self.uuid = uuid
  }

  /// The bus as NVML writes it: `00000000:1B:00.0`.
  public var pciBusID: String { "00000000:\(Self.hexadecimal(UInt64(bus), width: 2).uppercased()):00.0" }

  /// The bus as the kernel log writes it: `0000:1b:00`.
  public var kernelBusID: String { "0000:\(Self.hexadecimal(UInt64(bus), width: 2)):00" }

  private static func hexadecimal(_ value: UInt64, width: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(width - digits.count, 0)) + digits
  }

  /// FNV-1a of the name, stirred so that names which differ in one byte differ everywhere.
  private static func hash(_ name: String) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    hash = (hash ^ hash >> 33) &* 0xff51_afd7_ed55_8ccd
    return hash ^ hash >> 33
  }
}
