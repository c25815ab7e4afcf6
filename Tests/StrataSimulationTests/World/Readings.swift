import StrataSimulation
import StrataTelemetry
import StrataTensor

/// What the exporters reported over some samples, by channel and entity.
struct Readings: Sendable {
  let layout: TelemetryLayout
  let firstSample: Int
  private let layers: [NDArray]

  init(_ layers: [NDArray], _ layout: TelemetryLayout, firstSample: Int) {
    (self.layers, self.layout, self.firstSample) = (layers, layout, firstSample)
  }

  /// The readings of a channel on the entity with a number, of some samples of the run; NaN where missing.
  func series(_ instrument: Instrument, _ entity: Int, _ samples: Range<Int>) -> [Double] {
    for (layer, values) in zip(layout.layers, layers) where layer.layer == instrument.layer {
      for part in layer.parts where part.kind == instrument.kind {
        guard let column = part.instruments.firstIndex(where: { $0.signal == instrument.signal }) else { continue }
        let width = layer.channels.count
        let place = (part.firstEntity + entity) * width + part.firstChannel + column
        let stride = layer.entities.count * width
        return values.withElements { elements in
          samples.map { Double(elements[($0 - firstSample) * stride + place]) }
        }
      }
    }
    return []
  }
}
