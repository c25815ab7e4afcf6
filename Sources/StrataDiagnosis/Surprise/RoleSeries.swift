import StrataTelemetry
import StrataTensor

/// The samples of all entities of one role in one run, by channels of all layers.
struct RoleSeries: Sendable {
  /// Where the samples of a channel stand in one layer of the run.
  struct Column: Sendable {
    let values: NDArray
    /// The distance between samples in time.
    let stride: Int
    /// Per member, where its first sample stands; `nil` where the layer does not have the member.
    let offsets: [Int?]
  }

  let members: [EntityPath]
  let sampleCount: Int
  /// Per channel; `nil` where the run does not have it.
  let columns: [Column?]

  /// - Parameter run: Counters are rates already.
  init(_ members: [EntityPath], channels: [ChannelReference], in run: Run) {
    self.members = members
    sampleCount = run.sampleCount
    var places: [TelemetryLayer: (entities: [EntityPath: Int], channels: [String: Int])] = [:]
    for series in run.layers {
      places[series.layer] = (
        Dictionary(uniqueKeysWithValues: series.entities.enumerated().map { ($1, $0) }),
        Dictionary(uniqueKeysWithValues: series.channels.enumerated().map { ($1.name, $0) })
      )
    }
    columns = channels.map { reference in
      guard let series = run[reference.layer], let place = places[reference.layer],
        let channel = place.channels[reference.channel.name]
      else { return nil }
      let width = series.channels.count
      return Column(
        values: series.values, stride: series.entities.count * width,
        offsets: members.map { member in place.entities[member].map { $0 * width + channel } })
    }
  }

  /// Copies the samples of one channel, time after time, NaN where missing; shape `[time, member]`.
  func copy(channel: Int, into target: UnsafeMutablePointer<Float>) {
    let count = members.count
    guard let column = columns[channel] else {
      target.update(repeating: .nan, count: sampleCount * count)
      return
    }
    column.values.withElements { elements in
      for (member, offset) in column.offsets.enumerated() {
        guard let offset else {
          for time in 0..<sampleCount { target[time * count + member] = .nan }
          continue
        }
        for time in 0..<sampleCount {
          let sample = elements[time * column.stride + offset]
          target[time * count + member] = sample.isFinite ? sample : .nan
        }
      }
    }
  }
}

extension RoleSeries {
  /// Copies one sample of every member and channel; `member · channels + channel`, NaN where missing.
  func copyRow(_ time: Int, into row: inout [Float]) {
    let width = columns.count
    for (channel, column) in columns.enumerated() {
      guard let column else {
        for member in members.indices { row[member * width + channel] = .nan }
        continue
      }
      column.values.withElements { elements in
        for (member, offset) in column.offsets.enumerated() {
          row[member * width + channel] = offset.map { elements[time * column.stride + $0] } ?? .nan
        }
      }
    }
  }
}
