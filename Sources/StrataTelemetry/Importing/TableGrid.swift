import StrataTensor

/// The samples of a table on the grid of time, entity and channel: what the second pass over it fills.
///
/// Samples stay in double precision until counters have become rates.
struct TableGrid {
  /// One layer of the run to be.
  private struct Layer {
    let layer: TelemetryLayer
    let channels: [Channel]
    let entities: [EntityPath]
    /// `[time, entity, channel]`; NaN where missing.
    var values: [Double]
    /// How wide the counters are, by channel name.
    let widths: [String: CounterRates.Width]
  }

  /// Where a column goes: into which layer, and for each entity of the table at which offset within a sample.
  private struct Destination {
    let layer: Int
    let offsets: [Int]
  }

  private let clock: TableClock
  private let mapping: CSVMapping
  private var grids: [Layer] = []
  private var destinations: [Destination] = []

  init(_ clock: TableClock, _ mapping: CSVMapping, source: String) throws(TelemetryFileError) {
    (self.clock, self.mapping) = (clock, mapping)
    var total = 0
    for layer in TelemetryLayer.allCases {
      let columns = mapping.columns.filter { $0.layer == layer }
      guard !columns.isEmpty else { continue }
      var channels: [Channel] = []
      for column in columns where !channels.contains(column.channel) { channels.append(column.channel) }
      let entities = Set(columns.flatMap { column in clock.entities.map { column.place(in: $0) } }).sorted()
      total += clock.sampleCount * entities.count * channels.count
      guard total <= CSVImporter.sampleLimit else {
        throw TelemetryFileError(
          "needs \(clock.sampleCount) samples of \(entities.count) entities and \(channels.count) channels, which is more "
            + "than \(CSVImporter.sampleLimit) numbers; is the interval of \(clock.interval) s right?", source: source)
      }
      let widths = columns.map { ($0.channel.name, $0.width) }
      grids.append(
        Layer(
          layer: layer, channels: channels, entities: entities,
          values: [Double](repeating: .nan, count: clock.sampleCount * entities.count * channels.count),
          widths: Dictionary(widths) { first, _ in first }))
    }
    for column in mapping.columns {
      let index = grids.firstIndex { $0.layer == column.layer }!
      let layer = grids[index]
      let channel = layer.channels.firstIndex(of: column.channel)!
      let offsets = clock.entities.map { entity in
        layer.entities.firstIndex(of: column.place(in: entity))! * layer.channels.count + channel
      }
      destinations.append(Destination(layer: index, offsets: offsets))
    }
  }

  mutating func fill(_ reader: consuming CSVReader) throws(TelemetryFileError) {
    let time = try reader.column(mapping.timeColumn)
    let entity = try mapping.entityColumn.map { (name) throws(TelemetryFileError) in try reader.column(name) }
    var columns: [Int] = []
    for column in mapping.columns { columns.append(try reader.column(column.column)) }
    var isFilled = [Bool](repeating: false, count: clock.sampleCount * clock.entities.count)
    while try reader.advance() {
      let seconds = try mapping.timeFormat.seconds(time, of: reader)
      let text = try entity.map { (column) throws(TelemetryFileError) in try reader.text(column) } ?? ""
      let sample = clock.sample(at: seconds)
      guard (0..<clock.sampleCount).contains(sample), let position = clock.positions[text] else {
        throw reader.error("the table changed while it was read")
      }
      let place = sample * clock.entities.count + position
      if isFilled[place], mapping.duplicates == .error {
        throw reader.error(
          "a second row for '\(clock.entities[position])' in sample \(sample), \(seconds - clock.start) s after the start "
            + "(samples are \(clock.interval) s apart; 'duplicates: last' takes the last row)")
      }
      isFilled[place] = true
      for (column, destination) in zip(columns, destinations) {
        let value = try self.value(column, of: reader)
        let layer = destination.layer
        let width = grids[layer].entities.count * grids[layer].channels.count
        grids[layer].values[sample * width + destination.offsets[position]] = value
      }
    }
  }

  /// The number in a column; NaN where it is missing.
  private func value(_ column: Int, of reader: borrowing CSVReader) throws(TelemetryFileError) -> Double {
    if !mapping.missing.isEmpty, mapping.missing.contains(try reader.text(column)) { return .nan }
    let value = try reader.number(column)
    return value.isFinite && !(mapping.blanksAreMissing && BlankValues.contains(value)) ? value : .nan
  }

  /// The layers of the run, with counters treated as the mapping says.
  func layers() -> [LayerSeries] {
    grids.map { layer in
      var values = layer.values
      let width = layer.entities.count * layer.channels.count
      for (channel, description) in layer.channels.enumerated() where description.kind == .counter {
        let conversion = CounterRates(interval: clock.interval, width: layer.widths[description.name] ?? .unknown)
        for entity in layer.entities.indices {
          let places = stride(from: entity * layer.channels.count + channel, to: values.count, by: width)
          let totals = places.map { values[$0] }
          let first = totals.first { !$0.isNaN } ?? 0
          let converted = mapping.counters == .rates ? conversion.rates(of: totals) : totals.map { $0 - first }
          for (place, value) in zip(places, converted) { values[place] = value }
        }
      }
      let shape: Shape = [clock.sampleCount, layer.entities.count, layer.channels.count]
      return LayerSeries(
        layer: layer.layer, entities: layer.entities,
        channels: layer.channels.map { mapping.counters == .rates && $0.kind == .counter ? $0.asRate : $0 },
        values: NDArray(shape) { elements in
          for (index, value) in values.enumerated() { elements[index] = Float(value) }
        })
    }
  }
}

extension CSVMapping.Column {
  /// The entity that the column is about, in a row about `entity`.
  fileprivate func place(in entity: EntityPath) -> EntityPath {
    self.entity.map { EntityPath(entity.components + $0.components) } ?? entity
  }
}
