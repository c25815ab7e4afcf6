import StrataTensor

/// How an entity differs from the others of its role at the same time.
///
/// A sample becomes its distance from the median of the observed peers (itself included) at that time, divided by 1.4826
/// times their median absolute deviation at that time, or by the usual such distance in training time where that is
/// larger; then it is squashed like a value (``RobustScale``). Where fewer than `smallestGroup` peers were observed there
/// is no view, and the deviation is zero. What moves all peers alike disappears; what moves one of them remains.
enum PeerView {
  /// Fewer than this many entities have no meaningful middle.
  static let smallestGroup = 3

  /// The deviations of one role's entities over the region's context, one `[time, channel]` array per member.
  static func deviations(
    of members: [Int], role: String, in source: LayerSource, scale: RobustScale, layerScale: RobustScale.LayerScale
  ) -> [NDArray] {
    let context = source.region.context
    let channels = layerScale.channels
    let shape: Shape = [context.count, channels.count]
    guard members.count >= smallestGroup, let floors = layerScale.peerSpreads[role] else {
      return members.map { _ in NDArray(shape, repeating: 0) }
    }
    let logarithms = channels.map(scale.usesLogarithm)
    var buffer = [Float](repeating: 0, count: members.count)
    var results = members.map { _ in NDArray(shape, repeating: 0) }
    let centresAndSpreads = NDArray([context.count, channels.count, 2]) { references in
      source.series.values.withElements { elements in
        buffer.withUnsafeMutableBufferPointer { buffer in
          for (row, time) in context.enumerated() {
            for channel in channels.indices {
              var reference: (centre: Float, spread: Float) = (0, 0)
              if let column = source.columns[channel], floors[channel] > 0 {
                let count = source.gatherPeers(
                  column: column, time: time, members: members, logarithm: logarithms[channel], from: elements,
                  into: buffer)
                if count >= smallestGroup {
                  let observed = UnsafeMutableBufferPointer(rebasing: buffer[..<count])
                  reference.centre = OrderStatistics.median(observed)
                  let distance = OrderStatistics.medianDeviation(observed, around: reference.centre)
                  reference.spread = max(
                    distance * Float(OrderStatistics.normalDeviationPerMedianDeviation), floors[channel])
                }
              }
              let place = (row * channels.count + channel) * 2
              (references[place], references[place + 1]) = reference
            }
          }
        }
      }
    }
    for index in members.indices {
      results[index].withMutableElements { deviations in
        centresAndSpreads.withElements { references in
          source.series.values.withElements { elements in
            let width = source.series.entities.count * source.series.channels.count
            let offset = members[index] * source.series.channels.count
            for (row, time) in context.enumerated() {
              for channel in channels.indices {
                guard let column = source.columns[channel] else { continue }
                let place = row * channels.count + channel
                deviations[place] = scale.standardise(
                  elements[time * width + offset + column], centre: references[place * 2],
                  spread: references[place * 2 + 1], logarithm: logarithms[channel])
              }
            }
          }
        }
      }
    }
    return results
  }
}
