import StrataEvaluation
import StrataTelemetry
import StrataTensor

/// One layer of a run, averaged over columns of time.
struct LayerSummary: Sendable {
  let layer: TelemetryLayer
  let entities: [EntityPath]
  let channels: [Channel]
  /// The host that each entity is or lies in.
  private let places: [Int?]
  private let hosts: [EntityPath]
  /// Means per column of `[entity, channel]`; NaN where nothing was observed.
  private var columns: [[Float]] = []

  init(_ metadata: LayerMetadata, hosts: [EntityPath]) {
    (layer, entities, channels, self.hosts) = (metadata.layer, metadata.entities, metadata.channels, hosts)
    let numbers = Dictionary(uniqueKeysWithValues: hosts.enumerated().map { ($1, $0) })
    places = metadata.entities.map { numbers[$0] ?? $0.parent.flatMap { numbers[$0] } }
  }

  mutating func append(_ series: LayerSeries?) {
    let width = entities.count * channels.count
    var sums = [Float](repeating: 0, count: width)
    var counts = [Float](repeating: 0, count: width)
    series?.values.withElements { values in
      for i in values.indices where values[i].isFinite {
        sums[i % width] += values[i]
        counts[i % width] += 1
      }
    }
    columns.append(zip(sums, counts).map { $1 > 0 ? $0 / $1 : .nan })
  }

  func channel(_ name: String) -> Int? { channels.firstIndex { $0.name == name } }

  private func value(_ column: Int, _ entity: Int, _ channel: Int) -> Double {
    Double(columns[column][entity * channels.count + channel])
  }

  func isObserved(channel: Int, entity: Int) -> Bool {
    columns.indices.contains { value($0, entity, channel).isFinite }
  }

  func mean(channel: Int, entity: Int) -> Double {
    let values = columns.indices.map { value($0, entity, channel) }.filter(\.isFinite)
    return values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count)
  }

  /// One point per column, in its middle.
  func points(channel: Int, entity: Int, over time: ClosedRange<Double>) -> [LinePanel.Point] {
    let step = (time.upperBound - time.lowerBound) / Double(max(1, columns.count))
    return columns.indices.map { LinePanel.Point((Double($0) + 0.5) * step, value($0, entity, channel)) }
  }

  /// For every host and column the mean of the three largest deviations of its channels from their clean time.
  ///
  /// - Parameter training: The part of the run that is clean; the first fifth when nothing is said.
  func strangeness(training: Double?) -> (rows: [String], values: [[Double]]) {
    let clean = max(3, Int((training ?? 0.2) * Double(columns.count)))
    var (rows, result) = ([String](), [[Double]]())
    for (number, host) in hosts.enumerated() {
      let members = places.indices.filter { places[$0] == number }
      guard !members.isEmpty else { continue }
      var strange = [[Double]](repeating: [], count: columns.count)
      for channel in channels.indices where channels[channel].meaning != .other {
        for entity in members {
          let series = columns.indices.map { value($0, entity, channel) }
          let usual = series.prefix(clean).filter(\.isFinite)
          guard usual.count >= 3 else { continue }
          let centre = quantile(0.5, of: usual)
          let deviation = Moments(usual).deviation
          let floor = 0.005 * centre.magnitude + (channels[channel].kind == .event ? 0.2 : 1e-9)
          for (column, value) in series.enumerated() where value.isFinite {
            strange[column].append((value - centre).magnitude / max(deviation, floor))
          }
        }
      }
      rows.append(host.components.suffix(2).joined(separator: "/"))
      result.append(
        strange.map { deviations in
          let largest = deviations.sorted(by: >).prefix(3)
          return largest.isEmpty ? .nan : largest.reduce(0, +) / Double(largest.count)
        })
    }
    return (rows, result)
  }
}
