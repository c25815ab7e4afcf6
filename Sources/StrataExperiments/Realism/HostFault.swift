public import StrataTelemetry

/// A host that was out of order for a while, as a trace of a cluster or the simulator tells it.
public struct HostFault: Hashable, Sendable {
  /// The number of the host.
  public var host: Int
  /// Seconds from the start of the observation.
  public var start: Double
  public var end: Double
  /// What the fault is counted under.
  public var component: String

  /// A fault.
  public init(host: Int, start: Double, end: Double, component: String) {
    (self.host, self.start, self.end) = (host, start, end)
    self.component = component
  }

  /// Reads the events of the InfiniteHBD trace, `fault_trace.csv`.
  ///
  /// An end closes the oldest open fault of its host with the same level, class and description. Hosts are numbered in
  /// the order of their first fault.
  ///
  /// - Throws: `TelemetryFileError` naming the line of an end without a start, or the file when a fault stays open.
  public static func all(contentsOf path: String) throws(TelemetryFileError) -> [HostFault] {
    var reader = try CSVReader(contentsOf: path)
    let (time, event) = (try reader.column("event_time_days"), try reader.column("event_type"))
    let (node, level) = (try reader.column("node_id"), try reader.column("level"))
    let (component, text) = (try reader.column("class"), try reader.column("desc"))
    var hosts: [String: Int] = [:]
    var open: [[String]: [Double]] = [:]
    var faults: [HostFault] = []
    while try reader.advance() {
      let key = [try reader.text(node), try reader.text(level), try reader.text(component), try reader.text(text)]
      let seconds = try reader.finite(time) * 86_400
      switch try reader.text(event) {
      case "fault_start":
        if hosts[key[0]] == nil { hosts[key[0]] = hosts.count }
        open[key, default: []].append(seconds)
      case "fault_end":
        guard let start = open[key]?.first, let host = hosts[key[0]] else {
          throw reader.error("node '\(key[0])' ends a fault that did not start")
        }
        open[key]!.removeFirst()
        faults.append(HostFault(host: host, start: start, end: seconds, component: key[2]))
      case let other: throw reader.error("there is no event '\(other)'")
      }
    }
    let left = open.values.reduce(0) { $0 + $1.count }
    guard left == 0 else { throw TelemetryFileError("\(left) faults have no end", source: path) }
    return faults.sorted { ($0.start, $0.host) < ($1.start, $1.host) }
  }
}
