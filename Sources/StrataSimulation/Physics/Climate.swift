import StrataTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The air at the inlet of each host, before any device has warmed it.
package struct Climate: Sendable {
  /// The mean temperature at each host, in degrees Celsius.
  private let means: [Double]
  private let phase: Double

  /// The mean inlet temperature and the height of its daily wave, in degrees.
  package static let inlet = 22.0
  package static let dailySwing = 2.0

  package init(_ cluster: Cluster, streams: RandomStreams) {
    var generator = streams.generator(for: .climate)
    phase = 2 * Double.pi * generator.uniformDouble()
    let racks = cluster.racks.map { _ in 1.5 * generator.normalDouble() }
    means = cluster.hosts.indices.map {
      Self.inlet + racks[cluster.rack(ofHost: $0)] + 0.8 * generator.normalDouble()
    }
  }

  /// The air at a host, in degrees Celsius; `time` in seconds from the start of the run.
  package func air(atHost host: Int, time: Double) -> Double {
    means[host] + Self.dailySwing * sin(2 * Double.pi * time / 86_400 + phase)
  }
}
