public import StrataTelemetry

/// The power of one host over time.
public struct PowerRecord: Hashable, Sendable {
  /// The number of the host.
  public var host: Int
  /// Seconds, on the clock of the run, ascending.
  public var times: [Double]
  /// Watts, one per time.
  public var watts: [Double]

  /// A record.
  public init(host: Int, times: [Double], watts: [Double]) {
    (self.host, self.times, self.watts) = (host, times, watts)
  }

  /// Reads a table of MLPerf node power, `power-ac/*.csv.gz`, by node.
  ///
  /// - Throws: `TelemetryFileError` naming the line.
  public static func all(contentsOf path: String) throws(TelemetryFileError) -> [PowerRecord] {
    var reader = try CSVReader(contentsOf: path)
    let (node, time, watts) = (try reader.column("node"), try reader.column("time_ms"), try reader.column("watts"))
    var records: [Int: PowerRecord] = [:]
    while try reader.advance() {
      let host = try reader.count(node)
      records[host, default: PowerRecord(host: host, times: [], watts: [])].append(
        time: try reader.finite(time) / 1000, watts: try reader.finite(watts))
    }
    return records.values.sorted { $0.host < $1.host }
  }

  mutating func append(time: Double, watts: Double) {
    times.append(time)
    self.watts.append(watts)
  }
}

extension [PowerRecord] {
  /// One record of each meter: of records with the same values, that of the first host.
  ///
  /// The published node powers come in identical pairs.
  public var independent: [PowerRecord] {
    var seen: Set<[Double]> = []
    return filter { seen.insert($0.watts).inserted }
  }
}
