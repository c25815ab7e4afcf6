import StrataDiagnosis
import StrataTelemetry
import StrataTensor

/// A cluster of equal hosts under one load, with gauges, a running total and a channel that drifts.
struct Fleet {
  static let channels: [(layer: TelemetryLayer, channel: Channel)] = [
    (.physical, Channel(name: "heat", unit: "Cel", meaning: .heat)),
    (.physical, Channel(name: "watt", unit: "W", meaning: .power)),
    (.data, Channel(name: "received", kind: .counter, unit: "By", meaning: .traffic)),
    (.data, Channel(name: "retransmitted", kind: .counter, unit: "1", meaning: .error)),
    (.compute, Channel(name: "work", unit: "s", meaning: .work)),
    (.compute, Channel(name: "wait", unit: "s", meaning: .wait)),
    (.application, Channel(name: "resident", unit: "By", meaning: .memory)),
    (.application, Channel(name: "step", unit: "s", meaning: .progress)),
  ]

  /// Something that happens to one host.
  struct Fault {
    var host: Int
    var samples: Range<Int>
    /// By name, what values are multiplied with.
    var factors: [String: Float]
  }

  var hosts = 6
  var sampleCount = 400
  var seed: UInt64 = 1
  var faults: [Fault] = []
  /// Per host, the samples in which it reports nothing.
  var silent: [Int: Range<Int>] = [:]
  /// By how much resident memory grows per sample, relative to its start.
  var growth: Float = 0
  var names: [Int: EntityPath] = [:]

  static let slow = ["heat": Float(1.4), "watt": 0.7, "work": 2, "wait": 0.2, "received": 0.4, "step": 2]

  func name(_ host: Int) -> EntityPath { names[host] ?? EntityPath(["c0", "host\(host)"]) }

  func run(named name: String = "fleet", trainingEnd: Int? = nil) -> Run {
    var generator = Generator(seed: seed)
    var totals = [[Float]](repeating: [0, 0], count: hosts)
    var samples: [TelemetryLayer: [Float]] = [:]
    let level = (0..<hosts).map { _ in 1 + 0.05 * generator.normal() }
    for time in 0..<sampleCount {
      let load = 1 + 0.3 * Float(time % 17) / 17
      for host in 0..<hosts {
        let active = faults.filter { $0.host == host && $0.samples.contains(time) }
        let isSilent = silent[host]?.contains(time) ?? false
        for (layer, channel) in Self.channels {
          let factor = active.reduce(Float(1)) { $0 * ($1.factors[channel.name] ?? 1) }
          var value: Float
          switch channel.name {
          case "heat": value = 60 * level[host] + 10 * load + generator.normal()
          case "watt": value = 400 * level[host] * load + 8 * generator.normal()
          case "received": value = 1e6 * load + 2e4 * generator.normal()
          case "retransmitted": value = generator.uniform() < 0.1 ? 1 : 0
          case "work": value = 0.2 * load + 0.004 * generator.normal()
          case "wait": value = 0.05 + 0.003 * generator.normal()
          case "resident": value = 1e9 * (1 + growth * Float(time)) + 1e6 * generator.normal()
          default: value = 0.3 * load + 0.004 * generator.normal()
          }
          value *= factor
          if channel.kind == .counter {
            let place = channel.name == "received" ? 0 : 1
            totals[host][place] += max(value, 0)
            value = totals[host][place]
          }
          samples[layer, default: []].append(isSilent ? .nan : value)
        }
      }
    }
    let entities = (0..<hosts).map(self.name)
    return Run(
      name: name, start: 1_700_000_000, interval: 5, sampleCount: sampleCount,
      layers: TelemetryLayer.allCases.map { layer in
        let own = Self.channels.filter { $0.layer == layer }.map(\.channel)
        return LayerSeries(
          layer: layer, entities: entities, channels: own,
          values: NDArray([sampleCount, hosts, own.count], samples[layer]!))
      },
      labels: faults.map { FaultLabel(kind: "slow", entity: self.name($0.host), interval: $0.samples) },
      split: trainingEnd.map { RunSplit(trainingEnd: $0) })
  }

  /// A detector fitted to clean time of the same hosts.
  func detector(samples: Int = 300, budget: Double = 1000) throws -> FittedDetector {
    var clean = self
    (clean.sampleCount, clean.faults, clean.silent) = (samples, [], [:])
    let run = clean.run(named: "clean")
    return try FittedDetector(
      cleanTime: [run], policy: AlarmPolicy(budget: budget, mergeGap: 30),
      provenance: Provenance(settings: "", runs: [run]),
      threads: 2)
  }
}

extension FittedDetector {
  /// The scores of a run by entity, pushed in pieces of some length.
  func scores(of run: Run, pieces length: Int, threads: Int = 1) throws -> [EntityPath: [Float]] {
    var monitor = Monitor(self)
    var result: [EntityPath: [Float]] = [:]
    for start in stride(from: 0, to: run.sampleCount, by: length) {
      let piece = run.selecting(samples: start..<min(start + length, run.sampleCount))
      for series in try monitor.push(piece, threads: threads).series {
        result[series.entity, default: []] += series.scores
      }
    }
    return result
  }
}
