import StrataTensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The air that reaches each device before any neighbour has warmed it.
package struct Climate: Sendable {
  /// The mean temperature at each slot, in degrees Celsius.
  private let means: [Double]
  private let phase: Double

  /// The mean inlet temperature and the height of its daily wave, in degrees.
  package static let inlet = 23.0
  package static let dailySwing = 2.0

  package init(_ cluster: Cluster, device: DeviceSpecification, streams: RandomStreams) {
    var generator = streams.generator(for: .climate)
    phase = 2 * Double.pi * generator.uniformDouble()
    let racks = cluster.racks.map { _ in generator.normalDouble() }
    let hosts = cluster.hosts.map { _ in 0.5 * generator.normalDouble() }
    means = cluster.devices.indices.map { rank in
      Self.inlet + racks[cluster.rack(of: rank)] + hosts[cluster.host(of: rank)]
        + device.slotOffsets[cluster.slot(of: rank) % device.slotOffsets.count]
    }
  }

  /// How far the daily wave is above its mean, in degrees.
  package func swing(at time: Double) -> Double { Self.dailySwing * sin(2 * Double.pi * time / 86_400 + phase) }

  /// - Parameter swing: The value of ``swing(at:)``.
  package func air(at rank: Int, swing: Double) -> Double { means[rank] + swing }
}
