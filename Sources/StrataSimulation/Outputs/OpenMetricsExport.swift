import StrataTelemetry
import StrataTensor

/// Writes the scrapes of a run to an OpenMetrics file.
///
/// A scrape carries the time of the host's own clock; that of a job is the clock of its first rank's host.
struct OpenMetricsExport: ~Copyable {
  private var writer: OpenMetricsWriter
  /// The series of every `[entity, channel]` of a layer; nil for what an entity does not have.
  private var series: [[OpenMetricsWriter.Series?]] = []
  /// The host of every entity of a layer.
  private var hosts: [[Int]] = []
  private let clocks: [Double]
  private let start: Double
  private let interval: Double
  private let isCounter: [[Bool]]

  /// - Parameter clocks: How far the clock of each host is ahead, in seconds.
  init(path: String, _ world: World, _ layout: TelemetryLayout, clocks: [Double]) throws(FileError) {
    writer = try OpenMetricsWriter(path: path)
    self.clocks = clocks
    (start, interval) = (world.scenario.start, world.scenario.interval)
    isCounter = layout.layers.map { layer in layer.channels.map { $0.kind == .rate || $0.kind == .event } }
    let names = SeriesLabels(world)
    for layer in layout.layers {
      let width = layer.channels.count
      var own = [OpenMetricsWriter.Series?](repeating: nil, count: layer.entities.count * width)
      var places = [Int](repeating: 0, count: layer.entities.count)
      for part in layer.parts {
        for entity in 0..<part.entityCount { places[part.firstEntity + entity] = names.host(of: part.kind, entity) }
        for (channel, instrument) in part.instruments.enumerated() {
          let family = ExportedMetric.family(instrument)
          for entity in 0..<part.entityCount {
            own[(part.firstEntity + entity) * width + part.firstChannel + channel] = writer.addSeries(
              of: family, labels: names.labels(instrument, entity))
          }
        }
      }
      series.append(own)
      hosts.append(places)
    }
  }

  mutating func append(_ block: RecordedBlock) throws(FileError) {
    for (row, sample) in block.signals.samples.enumerated() {
      // Sample `k` is taken at the end of the time that it reports on.
      let time = start + Double(sample + 1) * interval
      let times = clocks.indices.map { host in
        time + clocks[host] + Double(block.signals[sample, .host, host, HostSignal.clockOffset])
      }
      for layer in series.indices {
        let count = series[layer].count
        let width = isCounter[layer].count
        for (entity, host) in hosts[layer].enumerated() {
          for channel in 0..<width {
            let place = entity * width + channel
            let value = block.readings.raw[layer][row * count + place]
            // What was not read is not in the scrape.
            guard let series = series[layer][place], value.isFinite, value >= 0 || !isCounter[layer][channel]
            else { continue }
            try writer.append(value, to: series, at: times[host])
          }
        }
      }
    }
  }

  consuming func complete() throws(FileError) { try writer.complete() }
}

/// The labels of the series of a world's entities, and the hosts whose clocks date them.
private struct SeriesLabels {
  private let hostnames: [String]
  private let identities: [GPUIdentity]
  private let occupants: [(name: String, rank: Int)?]
  private let jobNames: [String]
  private let jobHosts: [Int]
  /// The job, the layer and the expert of every router and expert.
  private var routers: [(job: Int, layer: Int)] = []
  private var experts: [(job: Int, layer: Int, expert: Int)] = []
  private let devicesPerHost: Int

  init(_ world: World) {
    let jobs = world.jobs
    (hostnames, identities) = (world.hostnames, world.identities)
    jobNames = jobs.map(\.path.last)
    jobHosts = jobs.map { world.cluster.host(of: $0.devices[0]) }
    let names = jobNames
    occupants = world.occupants.map { place in place.map { (names[$0.job], $0.rank) } }
    devicesPerHost = world.cluster.shape.devicesPerHost
    for (job, own) in jobs.enumerated() {
      for layer in 0..<own.routerShape.layers {
        routers.append((job, layer))
        for expert in 0..<own.routerShape.experts { experts.append((job, layer, expert)) }
      }
    }
  }

  func host(of kind: EntityKind, _ entity: Int) -> Int {
    switch kind {
    case .device: entity / devicesPerHost
    case .host: entity
    case .job: jobHosts[entity]
    case .router: jobHosts[routers[entity].job]
    case .expert: jobHosts[experts[entity].job]
    }
  }

  func labels(_ instrument: Instrument, _ entity: Int) -> LabelSet {
    switch instrument.kind {
    case .device: return ExportedMetric.labels(instrument, of: identities[entity], job: occupants[entity])
    case .host: return ExportedMetric.labels(instrument, ofHost: hostnames[entity])
    case .job: return LabelSet(["job_name": jobNames[entity]])
    case .router:
      let place = routers[entity]
      return LabelSet(["job_name": jobNames[place.job], "layer": "\(place.layer)"])
    case .expert:
      let place = experts[entity]
      return LabelSet(["job_name": jobNames[place.job], "layer": "\(place.layer)", "expert": "\(place.expert)"])
    }
  }
}
