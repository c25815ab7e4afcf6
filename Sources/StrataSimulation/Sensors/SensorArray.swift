import StrataTelemetry
package import StrataTensor

/// Turns exact signals into what the exporters report, block by block.
package struct SensorArray: Sendable {
  package let layout: TelemetryLayout
  private let defects: SensorDefects
  /// Seconds between samples.
  private let interval: Double
  private let streams: RandomStreams
  private let devicesPerHost: Int
  /// What has to be remembered from one block to the next, per kind and entity.
  private var states: [[EntitySensors]]
  private let threads: Int

  package init(_ world: World, threads: Int) {
    layout = TelemetryLayout(world)
    (defects, interval) = (world.scenario.sensors, world.scenario.interval)
    (streams, self.threads) = (world.streams, threads)
    devicesPerHost = world.cluster.shape.devicesPerHost
    let (defects, streams, interval) = (defects, streams, interval)
    states = layout.entities.enumerated().map { kind, paths in
      let kind = EntityKind.allCases[kind]
      let instruments = Instrument.all.filter { $0.kind == kind }
      return paths.indices.map {
        EntitySensors(kind, number: $0, instruments: instruments, defects, interval: interval, streams: streams)
      }
    }
  }

  /// How far the clock of a host is ahead, in seconds, apart from what faults do to it.
  package func clockOffset(ofHost host: Int) -> Double { states[EntityKind.host.rawValue][host].clockOffset }

  /// What one block of samples looks like to whoever collects it.
  package struct Readings: Sendable {
    /// One array `[time, entity, channel]` per layer, NaN where missing, with counters as increases.
    package let layers: [NDArray]
    /// The same readings as the exporters give them, with counters as totals; empty unless asked for.
    package let raw: [[Double]]
  }

  /// Reads a block.
  ///
  /// - Parameter keepingRaw: Whether the readings are also wanted as the exporters give them.
  package mutating func read(_ block: SignalBlock, keepingRaw: Bool = false) -> Readings {
    let count = block.sampleCount
    var arrays = layout.layers.map { layer in
      [Float](repeating: .nan, count: count * layer.entities.count * layer.channels.count)
    }
    var raws = layout.layers.map { layer in
      keepingRaw ? [Double](repeating: .nan, count: count * layer.entities.count * layer.channels.count) : []
    }
    for kind in EntityKind.allCases where !states[kind.rawValue].isEmpty {
      for (index, layer) in layout.layers.enumerated() {
        for part in layer.parts where part.kind == kind {
          read(part, of: layer, block, into: &arrays[index], raw: &raws[index])
        }
      }
      let advanced = states[kind.rawValue].indices
      for entity in advanced { states[kind.rawValue][entity].endBlock() }
    }
    let layers = zip(layout.layers, arrays).map { layer, values in
      NDArray([count, layer.entities.count, layer.channels.count], values)
    }
    return Readings(layers: layers, raw: keepingRaw ? raws : [])
  }

  /// Reads one kind of entity in one layer, on several threads.
  private mutating func read(
    _ part: TelemetryLayout.Part, of layer: TelemetryLayout.Layer, _ block: SignalBlock, into values: inout [Float],
    raw: inout [Double]
  ) {
    let width = layer.channels.count
    let stride = layer.entities.count * width
    let share = (part.entityCount + threads - 1) / threads
    let reader = self
    let own = states[part.kind.rawValue]
    let updated: [[EntitySensors]] = values.withUnsafeMutableBufferPointer { values in
      raw.withUnsafeMutableBufferPointer { raw in
        let target = ReadingTarget(values: values, raw: raw, stride: stride)
        return parallelMap(count: min(threads, part.entityCount), threads: threads) { thread in
          (thread * share..<min(part.entityCount, (thread + 1) * share)).map { entity in
            var state = own[entity]
            let host = part.kind == .device ? entity / reader.devicesPerHost : part.kind == .host ? entity : nil
            state.read(
              part.instruments, block, host: host,
              into: target.moved(to: (part.firstEntity + entity) * width + part.firstChannel))
            return state
          }
        }
      }
    }
    states[part.kind.rawValue] = Array(updated.joined())
  }
}

/// Where the readings of one entity go: rows at a distance, written by one thread only.
struct ReadingTarget: @unchecked Sendable {
  let values: UnsafeMutableBufferPointer<Float>
  let raw: UnsafeMutableBufferPointer<Double>
  let stride: Int
  var offset = 0

  func moved(to offset: Int) -> ReadingTarget {
    var target = self
    target.offset = offset
    return target
  }

  func write(_ value: Double, raw total: Double, row: Int, channel: Int) {
    let place = row * stride + offset + channel
    values[place] = Float(value)
    if !raw.isEmpty { raw[place] = total }
  }
}
