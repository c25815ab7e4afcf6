#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What a measurement ran on, and what else the machine did meanwhile.
public struct MachineState: Hashable, Codable, Sendable {
  /// The processor, as the system calls it.
  public let processor: String
  /// How many processors this process may use.
  public let processors: Int
  /// How many threads wanted to run at the end, averaged over a minute.
  public let load: Double
  /// The part of the processors' time that the host of a virtual machine gave to others; zero where it does not tell.
  public let stolen: Double

  /// Readings of the system's counters.
  public struct Reading: Sendable {
    fileprivate let stolen: Double, total: Double

    /// Reads them.
    public init() {
      // user, nice, system, idle, iowait, irq, softirq, steal
      let text = MachineState.text(of: "/proc/stat").prefix { $0 != "\n" }
      let ticks = text.split(separator: " ").dropFirst().prefix(8).compactMap { Double($0) }
      (stolen, total) = (ticks.count == 8 ? ticks[7] : 0, ticks.reduce(0, +))
    }
  }

  /// The state since a reading.
  public init(since before: Reading) {
    let now = Reading()
    stolen = (now.stolen - before.stolen) / max(now.total - before.total, 1)
    var averages = [0.0]
    load = getloadavg(&averages, 1) == 1 ? averages[0] : 0
    processors = ProcessInfo.processInfo.activeProcessorCount
    processor = Self.processorName
  }

  private static var processorName: String {
    #if canImport(Darwin)
      var (name, size) = ([CChar](repeating: 0, count: 256), 256)
      if sysctlbyname("machdep.cpu.brand_string", &name, &size, nil, 0) == 0 {
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      }
      return "unknown"
    #else
      let line = text(of: "/proc/cpuinfo").split(separator: "\n").first { $0.hasPrefix("model name") }
      guard let line, let colon = line.firstIndex(of: ":") else { return "unknown" }
      return String(line[line.index(after: colon)...].drop { $0 == " " })
    #endif
  }

  private static func text(of path: String) -> String {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}
