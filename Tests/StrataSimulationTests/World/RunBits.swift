import StrataTelemetry
import StrataTensor

extension Run {
  /// The bit patterns of all readings of some samples, layer by layer, so that missing readings compare equal.
  func bits(_ samples: Range<Int>) -> [[UInt32]] {
    layers.map { layer in layer.selecting(samples: samples).values.withElements { $0.map(\.bitPattern) } }
  }

  /// The readings of one channel of one device.
  func readings(_ channel: String, _ entity: EntityPath) -> [Float] {
    for layer in layers {
      guard let column = layer.channels.firstIndex(where: { $0.name == channel }) else { continue }
      return layer.series(entity: layer.entities.firstIndex(of: entity)!, channel: column)
    }
    return []
  }
}
