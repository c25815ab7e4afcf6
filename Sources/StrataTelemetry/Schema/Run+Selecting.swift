import StrataTensor

extension Run {
  /// The run as if only some entities had been recorded; layers that have none of them are left out.
  ///
  /// Labels and topology stay as they are.
  ///
  /// - Parameter isChosen: Says which entities remain.
  /// - Complexity: O(samples that remain).
  public func selecting(entities isChosen: (EntityPath) -> Bool) -> Run {
    let chosen = layers.compactMap { series -> LayerSeries? in
      let positions = series.entities.indices.filter { isChosen(series.entities[$0]) }
      if positions.count == series.entities.count { return series }
      return positions.isEmpty ? nil : series.selecting(entities: positions, channels: Array(series.channels.indices))
    }
    return Run(
      name: name, start: start, interval: interval, sampleCount: sampleCount, layers: chosen, labels: labels,
      split: split, topology: topology, provenance: provenance)
  }
}

extension LayerSeries {
  /// The series of the entities and channels at some positions, in their order.
  func selecting(entities rows: [Int], channels columns: [Int]) -> LayerSeries {
    let (width, stride) = (channels.count, entities.count * channels.count)
    let chosen = NDArray([sampleCount, rows.count, columns.count]) { elements in
      values.withElements { samples in
        var place = 0
        for time in 0..<sampleCount {
          for row in rows {
            for column in columns {
              elements[place] = samples[time * stride + row * width + column]
              place += 1
            }
          }
        }
      }
    }
    return LayerSeries(
      layer: layer, entities: rows.map { entities[$0] }, channels: columns.map { channels[$0] }, values: chosen)
  }
}
