import StrataTelemetry
import StrataTensor

/// Where the samples of a detector's roles stand in a run.
struct ClusterLayout: Sendable {
  /// The samples of one role.
  struct Role: Sendable {
    /// Per channel of the baseline, the position of its layer among the run's; `nil` where the run does not have it.
    var layers: [Int?]
    /// Per channel, whether the run has it as a running total.
    var isCounter: [Bool]
    /// `member · channels + channel`: where the first sample stands in its layer; −1 where there is none.
    var offsets: [Int]
  }

  /// Per role of the detector.
  var roles: [Role]
  /// Per layer of the run, the distance between samples in time.
  let strides: [Int]

  /// - Parameter members: Per role, who is followed, in the order of its stream.
  init(_ layers: [LayerMetadata], roles: [RoleBaseline], members: [[EntityPath]]) {
    strides = layers.map { $0.entities.count * $0.channels.count }
    let entities = layers.map { layer in
      Dictionary(uniqueKeysWithValues: layer.entities.enumerated().map { ($1, $0) })
    }
    let channels = layers.map { layer in
      Dictionary(uniqueKeysWithValues: layer.channels.enumerated().map { ($1.name, $0) })
    }
    self.roles = zip(roles, members).map { role, members in
      let width = role.channels.count
      var result = Role(
        layers: [], isCounter: [], offsets: [Int](repeating: -1, count: members.count * width))
      for (column, reference) in role.channels.enumerated() {
        let layer = layers.firstIndex { $0.layer == reference.layer }
        let channel = layer.flatMap { channels[$0][reference.channel.name] }
        result.layers.append(channel == nil ? nil : layer)
        guard let layer, let channel else {
          result.isCounter.append(false)
          continue
        }
        result.isCounter.append(layers[layer].channels[channel].kind == .counter)
        for (member, entity) in members.enumerated() {
          guard let place = entities[layer][entity] else { continue }
          result.offsets[member * width + column] = place * layers[layer].channels.count + channel
        }
      }
      return result
    }
  }
}

/// Running totals of one role, to be turned into rates sample by sample (see `CounterRates`).
struct CounterStates: Sendable {
  /// `member · channels + channel`; NaN before the first sample.
  var totals: [Float] = []
  /// Samples since the last total.
  var ages: [Float] = []

  /// Makes room for cells that have no total yet.
  mutating func grow(to count: Int) {
    totals += [Float](repeating: .nan, count: max(count - totals.count, 0))
    ages += [Float](repeating: 0, count: max(count - ages.count, 0))
  }

  /// The rate of a cell, given its newest total; NaN where it is missing, the first, or below the last one.
  @inline(__always)
  mutating func rate(of total: Float, at cell: Int, interval: Double) -> Float {
    ages[cell] += 1
    guard total.isFinite else { return .nan }
    let (last, age) = (totals[cell], ages[cell])
    (totals[cell], ages[cell]) = (total, 0)
    guard last.isFinite, total >= last else { return .nan }
    return Float((Double(total) - Double(last)) / (Double(age) * interval))
  }
}
