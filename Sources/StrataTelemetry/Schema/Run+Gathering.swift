import StrataTensor

extension Run {
  /// The run as each rank of a job sees it: its own series, those of its host and those of its job.
  ///
  /// Ranks are the entities whose topology names a `rank`. A host encloses its ranks in the path, and the attribute `job`
  /// leads to their job. Entities that are neither, such as an expert or an idle device, have no place in the result.
  /// A run without ranks is returned as it is.
  ///
  /// - Complexity: O(samples · ranks · channels), in time and memory.
  public func gatheredAtRanks() -> Run {
    let ranks = Set(topology.filter { $0.value["rank"] != nil }.keys)
    guard !ranks.isEmpty, entities.contains(where: ranks.contains) else { return self }
    return Run(
      name: name, start: start, interval: interval, sampleCount: sampleCount,
      layers: layers.compactMap { gathered($0, at: ranks) }, labels: labels, split: split, topology: topology,
      provenance: provenance)
  }

  private func gathered(_ series: LayerSeries, at ranks: Set<EntityPath>) -> LayerSeries? {
    let positions = Dictionary(uniqueKeysWithValues: series.entities.enumerated().map { ($1, $0) })
    let members = entities.filter(ranks.contains)
    // Where each member's own row, its host's and its job's stand.
    let sources = members.map { member -> [Int?] in
      let job = topology[member]?["job"].flatMap { EntityPath(parsing: $0) }
      return [positions[member], member.parent.flatMap { positions[$0] }, job.flatMap { positions[$0] }]
    }
    let columns = (0..<3).map { source in used(series, by: Set(sources.compactMap { $0[source] })) }
    let width = columns.reduce(0) { $0 + $1.count }
    guard width > 0 else { return nil }
    let stride = series.entities.count * series.channels.count
    let values = NDArray([series.sampleCount, members.count, width]) { elements in
      series.values.withElements { samples in
        var place = 0
        for time in 0..<series.sampleCount {
          for member in members.indices {
            for (source, columns) in columns.enumerated() {
              let row = sources[member][source].map { time * stride + $0 * series.channels.count }
              for column in columns {
                elements[place] = row.map { samples[$0 + column] } ?? .nan
                place += 1
              }
            }
          }
        }
      }
    }
    return LayerSeries(
      layer: series.layer, entities: members, channels: columns.joined().map { series.channels[$0] }, values: values)
  }

  /// The channels in which any of some entities was ever observed.
  private func used(_ series: LayerSeries, by entities: Set<Int>) -> [Int] {
    let width = series.channels.count
    var isUsed = [Bool](repeating: false, count: width)
    series.values.withElements { samples in
      for time in 0..<series.sampleCount {
        for entity in entities {
          let row = (time * series.entities.count + entity) * width
          for channel in 0..<width where !isUsed[channel] && !samples[row + channel].isNaN { isUsed[channel] = true }
        }
      }
    }
    return isUsed.indices.filter { isUsed[$0] }
  }
}
