import StrataTelemetry
import StrataTensor

/// Where the samples of the entities of one role stand in a run.
struct RoleLayout: Sendable {
  let members: [EntityPath]
  /// The channels that the run has as running totals.
  private(set) var counters: [Int] = []
  /// Per channel, the position of its layer among the run's; `nil` where the run does not have the channel.
  private var layers: [Int?] = []
  /// Per layer of the run, the distance between samples in time.
  private let strides: [Int]
  /// `member · channels + channel`: where the first sample stands in its layer; −1 where there is none.
  private var offsets: [Int]

  init(_ members: [EntityPath], channels: [ChannelReference], in run: [LayerMetadata]) {
    self.members = members
    strides = run.map { $0.entities.count * $0.channels.count }
    offsets = [Int](repeating: -1, count: members.count * channels.count)
    let entities = run.map { layer in
      Dictionary(uniqueKeysWithValues: layer.entities.enumerated().map { ($1, $0) })
    }
    let columns = run.map { layer in
      Dictionary(uniqueKeysWithValues: layer.channels.enumerated().map { ($1.name, $0) })
    }
    for (channel, reference) in channels.enumerated() {
      guard let layer = run.firstIndex(where: { $0.layer == reference.layer }),
        let column = columns[layer][reference.channel.name]
      else {
        layers.append(nil)
        continue
      }
      layers.append(layer)
      if run[layer].channels[column].kind == .counter { counters.append(channel) }
      for (member, entity) in members.enumerated() {
        guard let place = entities[layer][entity] else { continue }
        offsets[member * channels.count + channel] = place * run[layer].channels.count + column
      }
    }
  }

  /// Copies one sample of every member and channel; `member · channels + channel`, NaN where the run has none.
  ///
  /// - Precondition: `row` has a place for each.
  func copyRow(_ time: Int, of run: Run, into row: inout [Float]) {
    let width = layers.count
    for (channel, layer) in layers.enumerated() {
      guard let layer else {
        for member in members.indices { row[member * width + channel] = .nan }
        continue
      }
      run.layers[layer].values.withElements { elements in
        for cell in stride(from: channel, to: row.count, by: width) {
          row[cell] = offsets[cell] < 0 ? .nan : elements[time * strides[layer] + offsets[cell]]
        }
      }
    }
  }

  /// Samples of the members, `[time, member · channel]`, NaN where missing.
  func rows(of run: Run, _ samples: Range<Int>) -> NDArray {
    let width = members.count * layers.count
    var row = [Float](repeating: .nan, count: width)
    return NDArray([samples.count, width]) { out in
      for (place, time) in samples.enumerated() {
        copyRow(time, of: run, into: &row)
        for column in 0..<width { out[place * width + column] = row[column] }
      }
    }
  }

  /// Copies the samples of one channel, time after time, NaN where missing; shape `[time, member]`.
  func copy(channel: Int, of run: Run, into target: UnsafeMutablePointer<Float>) {
    let count = members.count
    guard let layer = layers[channel] else {
      target.update(repeating: .nan, count: run.sampleCount * count)
      return
    }
    run.layers[layer].values.withElements { elements in
      for member in 0..<count {
        let offset = offsets[member * layers.count + channel]
        for time in 0..<run.sampleCount {
          let sample = offset < 0 ? .nan : elements[time * strides[layer] + offset]
          target[time * count + member] = sample.isFinite ? sample : .nan
        }
      }
    }
  }
}
