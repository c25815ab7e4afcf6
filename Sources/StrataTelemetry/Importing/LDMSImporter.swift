/// Imports recordings of one node by LDMS, with the anomalies that HPAS injected.
///
/// One run per file in `runs`, the entity `ldms/node`, one sample per second; seconds without a row are missing. Columns
/// are placed by the name of their plugin (`meminfo`, `vmstat`, `procstat`); counters become rates unless `counters` says
/// otherwise. Columns of other plugins are kept as gauges of the layer `compute` with the meaning `other`, and named in the
/// provenance of the run under `unknown columns`. Labels come from `anomalies.csv`: the kinds are `cpuoccupy`, `memleak` and
/// `cachecopy`, the intervals in seconds from the first sample, end excluded; their parameters are in the provenance.
///
/// References: Agelastos et al., "The Lightweight Distributed Metric Service", SC 2014; Ates et al., "HPAS: An HPC
/// Performance Anomaly Suite for Reproducing Performance Variations", ICPP 2019.
public struct LDMSImporter: DataSetImporter {
  public static let format = "ldms"

  private struct Anomaly {
    let kind: String
    let start: Int
    let end: Int
    let parameters: String
    let line: Int
  }

  private static let entity: EntityPath = "ldms/node"
  private static let timeColumn = "unix_s"

  public let runNames: [String]
  private let folder: String
  private let counters: CSVMapping.CounterTreatment
  private let descriptions: [String: [String: String]]
  private let anomalies: [String: [Anomaly]]

  /// Opens a data set, counters as rates.
  ///
  /// - Throws: ``TelemetryFileError`` when the folder does not have the layout or a table cannot be read.
  public init(folder: String) throws(TelemetryFileError) { try self.init(folder: folder, counters: .rates) }

  /// - Parameters:
  ///   - folder: The folder of the data set.
  ///   - counters: What counters become.
  /// - Throws: ``TelemetryFileError`` when the folder does not have the layout or a table cannot be read.
  public init(folder: String, counters: CSVMapping.CounterTreatment) throws(TelemetryFileError) {
    guard fileExists("\(folder)/runs.csv") else {
      throw TelemetryFileError(
        "there is no file 'runs.csv'; expected runs.csv, anomalies.csv and runs/<run>.csv.gz", source: folder)
    }
    (self.folder, self.counters) = (folder, counters)
    var reader = try CSVReader(contentsOf: "\(folder)/runs.csv")
    let run = try reader.column("run")
    var (names, descriptions): ([String], [String: [String: String]]) = ([], [:])
    while try reader.advance() {
      let name = try reader.text(run)
      guard !name.contains("/"), !name.isEmpty else { throw reader.error("'\(name)' is not the name of a run") }
      guard descriptions[name] == nil else { throw reader.error("run '\(name)' occurs twice") }
      descriptions[name] = ["importer": "ldms", "source": name]
      for key in ["application", "mode"] {
        guard let column = reader.columns.firstIndex(of: key) else { continue }
        descriptions[name]![key] = try reader.text(column)
      }
      names.append(name)
    }
    (runNames, self.descriptions) = (names, descriptions)
    anomalies = try Self.anomalies(in: "\(folder)/anomalies.csv")
  }

  public func run(named name: String) throws(TelemetryFileError) -> Run {
    try requireName(name, in: folder)
    let compressed = "\(folder)/runs/\(name).csv.gz"
    let path = fileExists(compressed) ? compressed : "\(folder)/runs/\(name).csv"
    let (mapping, unknown) = try mapping(for: CSVReader(contentsOf: path).columns, path: path)
    let importer = CSVImporter(mapping: mapping, table: path)
    var run = try importer.run(named: importer.runNames[0])
    run.name = name
    run.provenance = descriptions[name]!
    if !unknown.isEmpty { run.provenance["unknown columns"] = unknown.joined(separator: " ") }
    for (index, anomaly) in (anomalies[name] ?? []).enumerated() {
      guard anomaly.start < min(anomaly.end, run.sampleCount) else {
        throw TelemetryFileError(
          "the interval from \(anomaly.start) to \(anomaly.end) s is empty or outside the \(run.sampleCount) s of "
            + "'\(name)'", source: "\(folder)/anomalies.csv", line: anomaly.line)
      }
      run.labels.append(
        FaultLabel(
          kind: anomaly.kind, entity: Self.entity, layer: .compute,
          interval: anomaly.start..<min(anomaly.end, run.sampleCount)))
      run.provenance["label \(index) parameters"] = anomaly.parameters
    }
    return run
  }

  /// Where every column of a recording goes, and which of them no rule knows.
  private func mapping(
    for columns: [String], path: String
  ) throws(TelemetryFileError) -> (CSVMapping, unknown: [String]) {
    guard columns.contains(Self.timeColumn) else {
      throw TelemetryFileError("there is no column '\(Self.timeColumn)'", source: path, line: 1)
    }
    var unknown: [String] = []
    let placed = columns.filter { $0 != Self.timeColumn }.map { name in
      if let column = LDMSChannels.column(name) { return column }
      unknown.append(name)
      return CSVMapping.Column(column: name, layer: .compute, channel: Channel(name: name))
    }
    var mapping = CSVMapping(
      interval: 1, timeColumn: Self.timeColumn, entity: .path(Self.entity), columns: placed)
    mapping.counters = counters
    // Memory may well be 2 GiB less 16 bytes, and no GPU is involved.
    mapping.blanksAreMissing = false
    return (mapping, unknown)
  }

  private static func anomalies(in path: String) throws(TelemetryFileError) -> [String: [Anomaly]] {
    let kinds = ["CC": "cachecopy", "CO": "cpuoccupy", "ML": "memleak"]
    var reader = try CSVReader(contentsOf: path)
    let (run, kind) = (try reader.column("run"), try reader.column("anomaly"))
    let (start, end) = (try reader.column("start_offset_s"), try reader.column("end_offset_s"))
    let parameters = try reader.column("parameters")
    var anomalies: [String: [Anomaly]] = [:]
    while try reader.advance() {
      func seconds(_ column: Int) throws(TelemetryFileError) -> Int {
        guard let seconds = Int(exactly: try reader.number(column)), seconds >= 0 else {
          throw reader.error("'\(try reader.text(column))' in column '\(reader.columns[column])' is not whole seconds")
        }
        return seconds
      }
      let code = try reader.text(kind)
      anomalies[try reader.text(run), default: []].append(
        Anomaly(
          kind: kinds[code] ?? code, start: try seconds(start), end: try seconds(end),
          parameters: try reader.text(parameters), line: reader.line))
    }
    return anomalies
  }
}
