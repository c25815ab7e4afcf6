import StrataSimulation
import StrataTelemetry
import StrataTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// When which hosts fail and for how long: the trace of a cluster beside the arrivals of the simulator.
struct ArrivalComparison: RealismComparison {
  private let trace: String
  private let hosts: Int
  private let duration: Double
  private let limit: Double
  private let arrivals: FaultArrivals
  /// How many years of equal arrivals are drawn with each seed.
  private let repeats: Int

  var files: [String] { [trace] }
  var needsScenario: Bool { false }

  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    trace = try node.string("trace")
    hosts = try node.int("hosts", in: 10...100_000)
    duration = try node.double("days", in: 1...10_000) * 86_400
    limit = try node.double("limit", in: 0...1)
    repeats = try node.int("repeats", in: 1...1000)
    var arrivals = FaultArrivals()
    arrivals.rate = try node.double("rate", default: arrivals.rate)
    arrivals.rhythm.busiestHour = try node.double("busiestHour", default: arrivals.rhythm.busiestHour)
    let table = try node.string("table")
    guard let causes = FailureTable.published.first(where: { $0.name == table }) else {
      throw node.error("there is no table of failures '\(table)'", at: "table")
    }
    arrivals.table = causes
    self.arrivals = arrivals
  }

  func outcome(_ task: RealismTask) throws -> RealismOutcome {
    let faults = try HostFault.all(contentsOf: task.path(trace))
    let published = FaultStatistics(faults, hosts: hosts, duration: duration)
    let drawn = try task.forEachSeed { seed in (0..<repeats).map { draw(seed: seed &* 1000 &+ UInt64($0)) } }
    let rows = drawn.map { own in
      RealismRow.merged(
        own.map {
          RealismRow.rows(
            task.section, published: published,
            simulated: FaultStatistics($0, hosts: hosts, duration: duration), limit: limit)
        }
      ).map(\.withoutRange)
    }
    let curves = curves(task.section, .published, [faults]) + self.curves(task.section, .simulated, drawn[0])
    return RealismOutcome(rows: RealismRow.merged(rows), curves: curves)
  }

  private func draw(seed: UInt64) -> [HostFault] {
    arrivals.episodes(hosts: hosts, duration: duration, seed: seed).map(HostFault.init)
  }

  private func curves(_ section: String, _ line: RealismCurve.Line, _ traces: [[HostFault]]) -> [RealismCurve] {
    func curve(_ panel: String, _ points: [LinePanel.Point]) -> RealismCurve {
      RealismCurve(figure: "faults", panel: "\(section): \(panel)", unit: "1", line: line, points: points)
    }
    let gaps = traces.flatMap { trace -> [Double] in
      let starts = trace.map(\.start).sorted()
      return zip(starts.dropFirst(), starts).map { log10(max(1, $0 - $1) / 3600) }
    }
    let repairs = traces.flatMap { $0.map { log10(max(1, $0.end - $0.start) / 3600) } }
    return [
      curve("share of all faults on the worst part of all hosts", lorenz(traces)),
      curve("share of gaps below, log10 of hours", MarginalDistribution(gaps).points),
      curve("share of repairs below, log10 of hours", MarginalDistribution(repairs).points),
    ]
  }

  /// The mean over traces of the share of all faults that lies on each part of the hosts, worst first.
  private func lorenz(_ traces: [[HostFault]]) -> [LinePanel.Point] {
    var shares = [Double](repeating: 0, count: 51)
    for trace in traces {
      var counts = [Int](repeating: 0, count: hosts)
      for fault in trace { counts[fault.host] += 1 }
      counts.sort(by: >)
      for (i, _) in shares.enumerated() {
        let worst = counts.prefix(hosts * i / 50).reduce(0, +)
        shares[i] += Double(worst) / Double(trace.count) / Double(traces.count)
      }
    }
    return shares.enumerated().map { LinePanel.Point(Double($0) / 50, $1) }
  }
}

extension RealismRow {
  /// The row with the range of its mean alone.
  fileprivate var withoutRange: RealismRow {
    RealismRow(
      section: section, quantity: quantity, unit: unit, published: published, simulated: simulated, limit: limit)
  }
}

extension MarginalDistribution {
  /// The cumulative distribution at a hundred quantiles.
  var points: [LinePanel.Point] { (0...100).map { LinePanel.Point(quantile(Double($0) / 100), Double($0) / 100) } }
}
