import StrataTelemetry
import StrataTensor

/// Entities `c0/host0` … of a made-up cluster.
func hosts(_ count: Int) -> [EntityPath] { (0..<count).map { EntityPath(["c0", "host\($0)"]) } }

/// A layer whose samples are given by a function of time, entity and channel.
func makeLayer(
  _ layer: TelemetryLayer = .compute, samples: Int, entities: [EntityPath], channels: [Channel],
  _ value: (_ time: Int, _ entity: Int, _ channel: Int) -> Float
) -> LayerSeries {
  var values: [Float] = []
  for time in 0..<samples {
    for entity in entities.indices {
      for channel in channels.indices { values.append(value(time, entity, channel)) }
    }
  }
  return LayerSeries(
    layer: layer, entities: entities, channels: channels,
    values: NDArray([samples, entities.count, channels.count], values))
}

/// Gauges named `a`, `b`, …
func gauges(_ count: Int) -> [Channel] {
  (0..<count).map { Channel(name: String(UnicodeScalar(UInt8(97 + $0)))) }
}

/// A run of one or more layers.
func makeRun(_ layers: LayerSeries..., name: String = "run", trainingEnd: Int? = nil) -> Run {
  Run(
    name: name, start: 0, interval: 10, sampleCount: layers[0].sampleCount, layers: layers,
    split: trainingEnd.map { RunSplit(trainingEnd: $0) })
}

/// Random walks of three hosts in two layers, with some samples missing.
func makeWalks(samples: Int, trainingEnd: Int? = nil, seed: UInt64 = 1, name: String = "run") -> Run {
  var generator = Generator(seed: seed)
  func layer(_ layer: TelemetryLayer, _ channels: Int) -> LayerSeries {
    var walks = [Float](repeating: 0, count: 3 * channels)
    return makeLayer(layer, samples: samples, entities: hosts(3), channels: gauges(channels)) { _, entity, channel in
      walks[entity * channels + channel] += generator.normal()
      return generator.bernoulli(0.05) ? .nan : walks[entity * channels + channel]
    }
  }
  return makeRun(layer(.data, 2), layer(.compute, 3), name: name, trainingEnd: trainingEnd)
}
