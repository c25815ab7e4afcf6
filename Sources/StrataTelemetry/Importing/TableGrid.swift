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
  /// The texts that mean a missing sample.
  private let missing: Set<String>
  /// The unit behind the numbers of each column, once a row had one.
  private var units: [String?]
  /// Rows that replaced a value of an earlier row.
  private(set) var replacedRowCount = 0
  private(set) var spacing: RowSpacing

  init(_ clock: TableClock, _ mapping: CSVMapping, source: String) throws(TelemetryFileError) {
    (self.clock, self.mapping) = (clock, mapping)
    missing = Set(mapping.missing.map(\.withoutBlanksAround))
    units = [String?](repeating: nil, count: mapping.columns.count)
    spacing = RowSpacing(entityCount: clock.entities.count)
    var remaining = Self.limit(clock, mapping)
    for layer in TelemetryLayer.allCases {
      let columns = mapping.columns.filter { $0.layer == layer }
      guard !columns.isEmpty else { continue }
      var channels: [Channel] = []
      for column in columns where !channels.contains(column.channel) { channels.append(column.channel) }
      let entities = Set(columns.flatMap { column in clock.entities.map { column.place(in: $0) } }).sorted()
      let count = [clock.sampleCount, entities.count, channels.count].product
      guard let count, count <= remaining else {
        throw TelemetryFileError(
          "needs \(clock.sampleCount) samples of \(entities.count) entities and \(channels.count) channels, too many for "
            + "\(clock.rowCount) rows; is the interval of \(clock.interval) s right? 'sparse: true' in the mapping takes "
            + "more", source: source)
      }
      remaining -= count
      let widths = columns.map { ($0.channel.name, $0.width) }
      grids.append(
        Layer(
          layer: layer, channels: channels, entities: entities,
          values: [Double](repeating: .nan, count: count),
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

  /// The most numbers that a grid may have: what bounds memory by what the table gives, of which one in a hundred must be
  /// there once the grid is large.
  private static func limit(_ clock: TableClock, _ mapping: CSVMapping) -> Int {
    let given = [clock.rowCount, mapping.columns.count, 100].product ?? .max
    return min(max(given, mapping.isSparse ? 1 << 27 : 1 << 24), CSVImporter.sampleLimit)
  }

  mutating func fill(_ reader: consuming CSVReader) throws(TelemetryFileError) {
    let time = try reader.column(mapping.timeColumn)
    let entity = try mapping.entityColumn.map { (name) throws(TelemetryFileError) in try reader.column(name) }
    var columns: [Int] = []
    for column in mapping.columns { columns.append(try reader.column(column.column)) }
    while try reader.advance() {
      let seconds = try mapping.timeFormat.seconds(time, of: reader)
      let text = try entity.map { (column) throws(TelemetryFileError) in try reader.text(column) } ?? ""
      let sample = clock.sample(at: seconds)
      guard (0..<clock.sampleCount).contains(sample), let position = clock.positions[text] else {
        throw reader.error("the table changed while it was read")
      }
      spacing.add(sample: sample, of: position)
      var isReplacing = false
      for index in columns.indices {
        let value = try value(of: index, in: columns[index], of: reader)
        guard !value.isNaN else { continue }
        let layer = destinations[index].layer
        let width = grids[layer].entities.count * grids[layer].channels.count
        let place = sample * width + destinations[index].offsets[position]
        if !grids[layer].values[place].isNaN {
          guard mapping.duplicates == .last else {
            throw reader.error(
              "a second value of '\(mapping.columns[index].column)' for '\(clock.entities[position])' in sample "
                + "\(sample), \(seconds - clock.start) s after the start (samples are \(clock.interval) s apart; "
                + "'duplicates: last' takes the last value)")
          }
          isReplacing = true
        }
        grids[layer].values[place] = value
      }
      if isReplacing { replacedRowCount += 1 }
    }
  }

  /// The number in a column; NaN where it is missing.
  private mutating func value(
    of index: Int, in column: Int, of reader: borrowing CSVReader
  ) throws(TelemetryFileError) -> Double {
    if !missing.isEmpty, missing.contains(try reader.text(column)) { return .nan }
    guard let value = reader.numberIfAny(column) else { return try measured(index, column, reader) }
    return value.isFinite && !(mapping.blanksAreMissing && BlankValues.contains(value)) ? value : .nan
  }

  /// The number in a field that is more than a number.
  private mutating func measured(
    _ index: Int, _ column: Int, _ reader: borrowing CSVReader
  ) throws(TelemetryFileError) -> Double {
    let text = try reader.text(column)
    if mapping.blanksAreMissing, BlankValues.contains(text) { return .nan }
    guard let number = MeasuredNumber(text) else { throw reader.notANumber(column) }
    let mapped = mapping.columns[index]
    guard number.agrees(with: mapped.channel.unit) else {
      throw reader.error(
        "'\(text)' in column '\(mapped.column)' is not in the unit '\(mapped.channel.unit)' that the mapping gives")
    }
    if let unit = units[index], unit != number.unit {
      throw reader.error("'\(text)' in column '\(mapped.column)' has another unit than the rows before, '\(unit)'")
    }
    units[index] = number.unit
    return number.value
  }

  /// What is odd about columns, in the order of the mapping.
  var oddities: [ColumnOddity] {
    zip(mapping.columns, destinations).compactMap { column, destination in
      let layer = grids[destination.layer]
      let width = layer.entities.count * layer.channels.count
      var counter = OddityCounter(column)
      for offset in Set(destination.offsets).sorted() {
        counter.add(stride(from: offset, to: layer.values.count, by: width).lazy.map { layer.values[$0] })
      }
      return counter.oddity
    }
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
