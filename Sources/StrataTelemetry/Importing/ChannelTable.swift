/// Which layer and which channel each column of a data set without names is, from a table beside the data.
///
/// The table has the columns `index` (from one, in any order), `name`, `layer` and `kind`, and may have `unit` and
/// `meaning`.
struct ChannelTable: Sendable {
  struct Entry: Sendable {
    var layer: TelemetryLayer
    var channel: Channel
  }

  /// In the order of the data's columns.
  let entries: [Entry]
  /// Where the entries come from, for errors.
  let source: String

  init(entries: [Entry], source: String) { (self.entries, self.source) = (entries, source) }

  /// Reads the table; `meaning` is asked where the table does not say it.
  init(contentsOf path: String, meaning: (_ name: String) -> Channel.Meaning) throws(TelemetryFileError) {
    var reader = try CSVReader(contentsOf: path)
    let (index, name) = (try reader.column("index"), try reader.column("name"))
    let (layer, kind) = (try reader.column("layer"), try reader.column("kind"))
    let unit = reader.columns.firstIndex(of: "unit")
    let meant = reader.columns.firstIndex(of: "meaning")
    var entries: [Int: Entry] = [:]
    var names: Set<String> = []
    while try reader.advance() {
      let place = try reader.number(index)
      guard let place = Int(exactly: place), place >= 1 else {
        throw reader.error("'\(try reader.text(index))' is not an index, which begin at 1")
      }
      let name = try reader.text(name)
      guard names.insert(name).inserted else { throw reader.error("channel '\(name)' occurs twice") }
      let channel = Channel(
        name: name, kind: try reader.choice(kind, Channel.Kind.self),
        unit: try unit.map { (column) throws(TelemetryFileError) in try reader.text(column) } ?? "1",
        meaning: try meant.map { (column) throws(TelemetryFileError) in
          try reader.choice(column, Channel.Meaning.self)
        } ?? meaning(name))
      let entry = Entry(layer: try reader.choice(layer, TelemetryLayer.self), channel: channel)
      guard entries.updateValue(entry, forKey: place) == nil else { throw reader.error("index \(place) occurs twice") }
    }
    guard !entries.isEmpty, entries.keys.max() == entries.count else {
      throw TelemetryFileError("indices must be 1, 2, … without a gap, found \(entries.keys.sorted())", source: path)
    }
    self.init(entries: (1...entries.count).map { entries[$0]! }, source: path)
  }
}
