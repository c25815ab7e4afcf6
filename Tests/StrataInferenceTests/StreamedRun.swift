import Foundation
import StrataInference
import StrataModel
import StrataTelemetry
import StrataTensor

/// A run of some entities with everything a stream is given, and windows cut from it as `WindowSet` cuts them.
struct StreamedRun {
  let entities: Int, samples: Int
  var values: [TelemetryLayer: [Float]] = [:], mask: [TelemetryLayer: [Float]] = [:]
  var peers: [TelemetryLayer: [Float]] = [:]

  init(entities: Int, samples: Int, seed: UInt64 = 1) {
    (self.entities, self.samples) = (entities, samples)
    var generator = Generator(seed: seed)
    for (layer, channels) in sampleChannels.sorted(by: { $0.key < $1.key }) {
      let shape: Shape = [samples, entities, channels]
      let mask = generator.bernoulliArray(shape, probability: 0.85)
      self.mask[layer] = mask.elements
      values[layer] = (generator.normalArray(shape) * mask).elements
      peers[layer] = (generator.normalArray(shape) * mask).elements
    }
  }

  func samples(at time: Int, of range: Range<Int>) -> [StreamSamples] {
    sampleChannels.keys.sorted().map { layer in
      let channels = sampleChannels[layer]!
      let places = (time * entities + range.lowerBound) * channels..<(time * entities + range.upperBound) * channels
      func cut(_ array: [Float]) -> NDArray { NDArray([range.count, channels], Array(array[places])) }
      return StreamSamples(
        layer: layer, values: cut(values[layer]!), mask: cut(mask[layer]!), peers: cut(peers[layer]!))
    }
  }

  /// The windows of all entities that end before sample `end`.
  func windows(end: Int, length: Int) -> WindowBatch {
    let layers = sampleChannels.keys.sorted().map { layer in
      let channels = sampleChannels[layer]!
      func cut(_ element: (_ time: Int, _ entity: Int, _ channel: Int) -> Float) -> NDArray {
        NDArray([entities, length, channels]) { out in
          for entity in 0..<entities {
            for step in 0..<length {
              for channel in 0..<channels {
                out[(entity * length + step) * channels + channel] = element(end - length + step, entity, channel)
              }
            }
          }
        }
      }
      func at(_ array: [Float], _ time: Int, _ entity: Int, _ channel: Int) -> Float {
        array[(time * entities + entity) * channels + channel]
      }
      return LayerWindows(
        layer: layer, values: cut { at(values[layer]!, $0, $1, $2) }, peers: cut { at(peers[layer]!, $0, $1, $2) },
        mask: cut { at(mask[layer]!, $0, $1, $2) },
        delta: cut { time, entity, channel in
          var last = time
          while last >= 0 && at(mask[layer]!, last, entity, channel) == 0 { last -= 1 }
          return log1p(Float(min(time - last, length)))
        })
    }
    return WindowBatch(
      layers: layers,
      origins: (0..<entities).map { WindowOrigin(run: 0, entity: EntityPath(["host\($0)"]), end: end) })
  }
}
