import StrataTelemetry
package import StrataTensor

/// Turns exact signals into what the exporters report, block by block.
package struct SensorArray: Sendable {
  package let layout: TelemetryLayout
  private let devicesPerHost: Int
  /// How far the clock of each host is ahead, in seconds, apart from what faults do to it.
  package let clockOffsets: [Double]
  /// What has to be remembered from one block to the next, per kind and entity.
  private var states: [[EntitySensors]]
  private let threads: Int

  package init(_ world: World, threads: Int) {
    layout = TelemetryLayout(world)
    self.threads = threads
    let (defects, interval, streams) = (world.scenario.sensors, world.scenario.interval, world.streams)
    let clocks = world.cluster.hosts.indices.map { Self.clockOffset(ofHost: $0, defects, streams) }
    let devicesPerHost = world.cluster.shape.devicesPerHost
    (clockOffsets, self.devicesPerHost) = (clocks, devicesPerHost)
    states = layout.entities.enumerated().map { kind, paths in
      let kind = EntityKind.allCases[kind]
      let instruments = Instrument.all.filter { $0.kind == kind }
      return paths.indices.map { number in
        let host = Self.host(of: number, kind, devicesPerHost: devicesPerHost)
        return EntitySensors(
          kind, number: number, instruments: instruments, defects, clockOffset: host.map { clocks[$0] } ?? 0,
          interval: interval, streams: streams)
      }
    }
  }

  /// Most clocks are kept; at one host in a hundred nobody does.
  private static func clockOffset(ofHost host: Int, _ defects: SensorDefects, _ streams: RandomStreams) -> Double {
    var generator = streams.generator(for: .clockOffset, host)
    let offset = defects.clockOffset * generator.normalDouble()
    return generator.uniformDouble() < 0.01 ? 50 * offset : offset
  }

  /// The host on which the exporters of an entity run; nil for what belongs to a job.
  private static func host(of entity: Int, _ kind: EntityKind, devicesPerHost: Int) -> Int? {
    switch kind {
    case .device: entity / devicesPerHost
    case .host: entity
    case .job, .router, .expert: nil
    }
  }

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
    let shapes = layout.layers.map { [block.sampleCount, $0.entities.count, $0.channels.count] }
    var ranges: [Range<Int>] = []
    for shape in shapes {
      let first = ranges.last?.upperBound ?? 0
      ranges.append(first..<first + shape.reduce(1, *))
    }
    let count = ranges.last?.upperBound ?? 0
    var values = [Float](repeating: .nan, count: count)
    var raw = [Double](repeating: .nan, count: keepingRaw ? count : 0)
    values.withUnsafeMutableBufferPointer { values in
      raw.withUnsafeMutableBufferPointer { raw in
        for kind in EntityKind.allCases where !states[kind.rawValue].isEmpty {
          let parts = zip(layout.layers, ranges).flatMap { layer, range in
            layer.parts.filter { $0.kind == kind }.map { part in
              let width = layer.channels.count
              let target = ReadingTarget(
                values: values, raw: raw, rowStride: layer.entities.count * width, entityStride: width,
                offset: range.lowerBound + part.firstEntity * width + part.firstChannel)
              return (instruments: part.instruments, target: target)
            }
          }
          if !parts.isEmpty { read(kind, parts, block) }
        }
      }
    }
    let layers = zip(shapes, ranges).map { shape, range in NDArray(Shape(shape), Array(values[range])) }
    return Readings(layers: layers, raw: keepingRaw ? ranges.map { Array(raw[$0]) } : [])
  }

  /// Reads all entities of a kind in all layers, on several threads.
  private mutating func read(
    _ kind: EntityKind, _ parts: [(instruments: [Instrument], target: ReadingTarget)], _ block: SignalBlock
  ) {
    let own = states[kind.rawValue]
    let share = (own.count + threads - 1) / threads
    let instruments = parts.flatMap(\.instruments)
    let devicesPerHost = devicesPerHost
    let updated = parallelMap(count: min(threads, own.count), threads: threads) { thread in
      (thread * share..<min(own.count, (thread + 1) * share)).map { entity in
        var state = own[entity]
        let host = Self.host(of: entity, kind, devicesPerHost: devicesPerHost)
        state.beginBlock(instruments, block, host: host)
        for part in parts { state.read(part.instruments, block, into: part.target.moved(to: entity)) }
        state.endBlock()
        return state
      }
    }
    states[kind.rawValue] = Array(updated.joined())
  }
}

/// Where the readings of one entity go: rows at a distance, written by one thread only.
struct ReadingTarget: @unchecked Sendable {
  let values: UnsafeMutableBufferPointer<Float>
  let raw: UnsafeMutableBufferPointer<Double>
  /// The distance from one sample to the next, and from one entity to the next.
  let rowStride: Int
  let entityStride: Int
  var offset: Int

  func moved(to entity: Int) -> ReadingTarget {
    var target = self
    target.offset += entity * entityStride
    return target
  }

  func write(_ value: Double, raw total: Double, row: Int, channel: Int) {
    let place = row * rowStride + offset + channel
    values[place] = Float(value)
    if !raw.isEmpty { raw[place] = total }
  }
}
