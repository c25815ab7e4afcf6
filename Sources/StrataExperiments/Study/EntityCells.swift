import StrataTelemetry
import StrataTensor

/// The channels of one entity in all layers of a run, taken out to be changed and put back.
struct EntityCells {
  /// Where a channel is: positions in the run's arrays.
  struct Place { let layer: Int, entity: Int, channel: Int }

  let places: [Place]
  /// Names, as labels give them.
  let names: [String]
  /// Per channel, its samples in time.
  var series: [[Double]]

  init(of entity: EntityPath, in run: Run) {
    places = run.layers.indices.flatMap { layer -> [Place] in
      guard let position = run.layers[layer].entities.firstIndex(of: entity) else { return [] }
      return run.layers[layer].channels.indices.map { Place(layer: layer, entity: position, channel: $0) }
    }
    names = places.map { run.layers[$0.layer].channels[$0.channel].name }
    series = places.map { place in
      run.layers[place.layer].series(entity: place.entity, channel: place.channel).map(Double.init)
    }
  }

  /// Puts the samples where they were taken from.
  func write(to arrays: inout [NDArray]) {
    for (place, samples) in zip(places, series) {
      let (entities, channels) = (arrays[place.layer].shape[1], arrays[place.layer].shape[2])
      arrays[place.layer].withMutableElements { out in
        for (time, value) in samples.enumerated() {
          out[(time * entities + place.entity) * channels + place.channel] = Float(value)
        }
      }
    }
  }
}

/// How the channels of an entity moved in the time that is taken as normal.
struct CellStatistics {
  let means: [Double]
  /// Never zero; see ``isAlive``.
  let deviations: [Double]
  /// Channels that moved at all; the others stay as they are.
  let isAlive: [Bool]
  /// Correlation of every pair of channels; zero with a channel that did not move.
  let correlations: Matrix

  init(of cells: EntityCells, samples: Range<Int>) {
    var (means, deviations, isAlive): ([Double], [Double], [Bool]) = ([], [], [])
    for series in cells.series {
      let finite = series[samples].filter(\.isFinite)
      let moments = Moments(finite.isEmpty ? [0] : finite)
      let range = (finite.max() ?? 0) - (finite.min() ?? 0)
      means.append(moments.mean)
      isAlive.append(moments.deviation > 0)
      deviations.append(max(moments.deviation, 0.01 * range, .leastNormalMagnitude))
    }
    (self.means, self.deviations, self.isAlive) = (means, deviations, isAlive)
    var z = Matrix(rows: samples.count, columns: cells.series.count, repeating: 0)
    for column in cells.series.indices where isAlive[column] {
      for (row, value) in cells.series[column][samples].enumerated() where value.isFinite {
        z[row, column] = (value - means[column]) / deviations[column]
      }
    }
    var correlations = matmul(z, z, transposeA: true)
    correlations.elements = correlations.elements.map { $0 / Double(max(samples.count, 1)) }
    self.correlations = correlations
  }

  /// The standardised value of a sample.
  func standardise(_ value: Double, channel: Int) -> Double { (value - means[channel]) / deviations[channel] }
}
