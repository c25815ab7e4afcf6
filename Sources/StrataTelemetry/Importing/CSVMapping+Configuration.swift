extension CSVMapping {
  /// Reads a mapping.
  ///
  /// ```yaml
  /// run: nightly                 # optional, else the name of the table
  /// interval: 15                 # seconds between samples
  /// time:
  ///   column: timestamp
  ///   format: iso8601            # unix (default), unix-ms, unix-us, unix-ns or iso8601
  /// entity:
  ///   column: host               # one row per host and time; or `path: c0/host1` for a table of one entity
  ///   inside: c0                 # optional
  /// channels:
  ///   - column: temp             # the column of the table
  ///     name: gpu_temperature    # optional, else the name of the column
  ///     layer: physical          # physical, data, compute or application
  ///     kind: gauge              # gauge (default), counter, rate or event
  ///     unit: Cel                # optional, UCUM
  ///     meaning: heat            # optional: work, wait, heat, power, error, traffic, memory, progress, other
  ///     entity: gpu0             # optional: a part of the row's entity
  ///     width: 32                # optional: a counter of 32 bits
  /// ignore: [comment]            # every other column must be mapped
  /// missing: ["-1", "N/A"]       # optional: texts that mean a missing sample
  /// blanks: missing              # blank values of DCGM and nvidia-smi: missing (default) or as they are written
  /// separator: ","
  /// counters: rates              # rates (default) or totals
  /// duplicates: error            # two values of a channel in one sample: error (default) or last
  /// sparse: false                # true takes a table of which nearly all samples are missing
  /// training: 0.5                # optional: share of the samples that is training time
  /// labels: labels.csv           # optional, relative to the folder
  /// ```
  ///
  /// - Parameters:
  ///   - root: The whole document.
  ///   - folder: Where a relative path of labels begins.
  /// - Throws: ``ConfigurationError`` with file and line, for unknown and missing keys too.
  public init(_ root: ConfigurationNode, folder: String) throws(ConfigurationError) {
    guard root.isMapping else {
      throw root.error(
        "is no mapping of columns, which is YAML with keys such as 'interval' and 'channels'; is it the table?")
    }
    let time = try root.node("time")
    var columns: [Column] = []
    for node in try root.nodes("channels") { columns.append(try Column(node)) }
    self.init(
      interval: try root.double("interval", in: .positive), timeColumn: try time.string("column"),
      entity: try Self.entity(root.node("entity")), columns: columns)
    name = try root.optionalString("run")
    timeFormat = try time.choice("format", default: .unix)
    for node in try root.optionalNodes("ignore") { ignored.insert(try node.stringValue()) }
    for node in try root.optionalNodes("missing") { missing.insert(try node.stringValue()) }
    blanksAreMissing = try root.choice("blanks", default: Blanks.missing) == .missing
    if let text = try root.optionalString("separator") {
      let byte = text == "\\t" ? UInt8(ascii: "\t") : text.utf8.count == 1 ? text.utf8.first! : 0
      guard byte > 0, ![UInt8(ascii: "\""), 10, 13].contains(byte) else {
        throw root.error("'separator' must be one ASCII character other than a quote, found '\(text)'", at: "separator")
      }
      separator = byte
    }
    counters = try root.choice("counters", default: .rates)
    duplicates = try root.choice("duplicates", default: .error)
    isSparse = try root.bool("sparse", default: false)
    if root.has("training") {
      let fraction = try root.double("training", in: 0...1)
      guard fraction > 0 else { throw root.error("'training' must be above 0, found '\(fraction)'", at: "training") }
      trainingFraction = fraction
    }
    labels = try root.optionalString("labels").map { $0.hasPrefix("/") || folder.isEmpty ? $0 : "\(folder)/\($0)" }
    try checkColumns(root)
    try root.finish()
  }

  private enum Blanks: String, CaseIterable { case missing, numbers }

  private static func entity(_ node: ConfigurationNode) throws(ConfigurationError) -> EntitySource {
    if node.has("path") {
      guard !node.has("column") else { throw node.error("'entity' has both 'path' and 'column', expected one") }
      return .path(try path(node.node("path")))
    }
    return .column(try node.string("column"), inside: try node.optionalNode("inside").map(path))
  }

  fileprivate static func path(_ node: ConfigurationNode) throws(ConfigurationError) -> EntityPath {
    let text = try node.stringValue()
    guard let path = EntityPath(parsing: text) else {
      throw node.error("'\(text)' is not an entity path such as c0/rack1/host3")
    }
    return path
  }

  /// One column has one meaning, one series one column, one channel one description.
  private func checkColumns(_ root: ConfigurationNode) throws(ConfigurationError) {
    let nodes = try root.nodes("channels")
    guard !columns.isEmpty else { throw root.error("'channels' maps no column", at: "channels") }
    for (index, column) in columns.enumerated() {
      if ignored.contains(column.column) { throw nodes[index].error("'\(column.column)' is both mapped and ignored") }
      for earlier in columns[..<index] {
        if earlier.column == column.column { throw nodes[index].error("'\(column.column)' is mapped twice") }
        guard earlier.layer == column.layer, earlier.channel.name == column.channel.name else { continue }
        let place = "\(column.layer)/\(column.channel.name)"
        if earlier.entity == column.entity {
          throw nodes[index].error("'\(column.column)' and '\(earlier.column)' are both '\(place)' of the same entity")
        }
        if earlier.channel != column.channel {
          throw nodes[index].error("'\(place)' has another kind, unit or meaning than in column '\(earlier.column)'")
        }
      }
    }
  }
}

extension CSVMapping.Column {
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    let column = try node.string("column")
    let channel = Channel(
      name: try node.string("name", default: column), kind: try node.choice("kind", default: .gauge),
      unit: try node.string("unit", default: "1"), meaning: try node.choice("meaning", default: .other))
    self.init(
      column: column, layer: try node.choice("layer"), channel: channel,
      entity: try node.optionalNode("entity").map(CSVMapping.path), width: try node.choice("width", default: .unknown))
    guard width == .unknown || channel.kind == .counter else {
      throw node.error("'width' is for counters, '\(column)' is a \(channel.kind.rawValue)", at: "width")
    }
  }
}
