import StrataTelemetry
public import StrataTensor

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The file holds, per run and entity, `<run>:<entity>/scores` of shape `[time]` and, where the method names channels,
/// `<run>:<entity>/contributions` of shape `[time, channel]`. Its metadata has one entry `strata`, a JSON object with the
/// alarm policy, the runs, lists of channels, and of each series the run, the entity, the samples, the alarms, the
/// threshold and which list its channels are.
extension ScoredTelemetry {
  private struct Index: Codable {
    struct Series: Codable {
      let run: Int
      let entity: EntityPath
      let samples: Range<Int>
      let alarms: [Range<Int>]
      /// `nil` where no alarms were raised.
      let threshold: Float?
      let channels: Int
    }

    var format = 2
    let sources: [Source]
    let channels: [[ChannelReference]]
    let series: [Series]
    let policy: AlarmPolicy
  }

  private static let metadataKey = "strata"

  /// Writes a safetensors file, aside and renamed.
  ///
  /// - Throws: `SafetensorsError`, also when two series are of the same run and entity.
  public func write(to path: String) throws(SafetensorsError) {
    var arrays: [(String, NDArray)] = []
    for series in series {
      let name = name(run: series.run, entity: series.entity)
      arrays.append(("\(name)/scores", NDArray([series.scores.count], series.scores)))
      if let contributions = series.contributions { arrays.append(("\(name)/contributions", contributions)) }
    }
    var lists: [[ChannelReference]] = []
    for series in series where !lists.contains(series.channels) { lists.append(series.channels) }
    let index = Index(
      sources: sources, channels: lists,
      series: series.map {
        Index.Series(
          run: $0.run, entity: $0.entity, samples: $0.samples, alarms: $0.alarms,
          threshold: $0.threshold.isFinite ? $0.threshold : nil, channels: lists.firstIndex(of: $0.channels)!)
      }, policy: policy)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Thresholds and intervals are finite, so that encoding cannot fail.
    guard let text = try? encoder.encode(index) else { fatalError("ScoredTelemetry: a number is not finite") }
    try SafetensorsFile.write(arrays, metadata: [Self.metadataKey: String(decoding: text, as: UTF8.self)], to: path)
  }

  /// Reads a file that `write(to:)` made.
  ///
  /// - Throws: `SafetensorsError` for a damaged file, `RunFolderError` for one with other contents.
  public init(contentsOf path: String) throws {
    let file = try SafetensorsFile(contentsOf: path)
    guard let text = file.metadata[Self.metadataKey],
      let index = try? JSONDecoder().decode(Index.self, from: Data(text.utf8)), index.format == 2
    else { throw RunFolderError("holds no scores that this version can read; make it with 'strata detect'", at: path) }
    self.init(sources: index.sources, series: [], policy: index.policy)
    var read: [ScoreSeries] = []
    for entry in index.series {
      guard sources.indices.contains(entry.run) else {
        throw RunFolderError("names a run that it does not list", at: path)
      }
      guard index.channels.indices.contains(entry.channels) else {
        throw RunFolderError("names a list of channels that it does not have", at: path)
      }
      let channels = index.channels[entry.channels]
      guard entry.samples.lowerBound >= 0,
        entry.alarms.allSatisfy({ entry.samples.contains($0.lowerBound) && $0.upperBound <= entry.samples.upperBound })
      else {
        throw RunFolderError("lists the samples \(entry.samples), which no run has", at: path)
      }
      let name = name(run: entry.run, entity: entry.entity)
      let scores = try file.array(named: "\(name)/scores")
      let hasContributions = file.names.contains("\(name)/contributions")
      let contributions = hasContributions ? try file.array(named: "\(name)/contributions") : nil
      let isWhole =
        scores.shape == [entry.samples.count]
        && contributions.map { $0.shape == [entry.samples.count, channels.count] } ?? true
      guard isWhole else { throw RunFolderError("the arrays of '\(name)' do not have the listed samples", at: path) }
      read.append(
        ScoreSeries(
          run: entry.run, entity: entry.entity, samples: entry.samples, scores: scores.elements,
          contributions: contributions, channels: channels, threshold: entry.threshold ?? .infinity,
          alarms: entry.alarms))
    }
    self.init(sources: sources, series: read, policy: policy)
  }

  private func name(run: Int, entity: EntityPath) -> String { "\(sources[run].name):\(entity)" }
}
