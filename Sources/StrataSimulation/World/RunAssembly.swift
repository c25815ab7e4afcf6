import StrataTelemetry
import StrataTensor

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Makes a run from a replay: sensors, labels, topology, provenance.
struct RunAssembly: Sendable {
  let world: World
  let seed: UInt64
  let threads: Int

  private var scenario: Scenario { world.scenario }

  func run(_ replay: Replay, injections: [Simulation.Injection]) -> Run {
    // Sample `k` reports on the time until `k + 1` intervals after the start, which is when it is taken.
    Run(
      name: scenario.name, start: scenario.start + scenario.interval, interval: scenario.interval,
      sampleCount: scenario.sampleCount, layers: TelemetryLayer.allCases.map { series($0, from: replay.table) },
      labels: faultLabels(injections) + pauseLabels(replay.final) + episodeLabels,
      split: RunSplit(trainingEnd: sample(scenario.training)),
      topology: world.cluster.attributes(placement: world.placement), provenance: provenance(injections))
  }

  private func series(_ layer: TelemetryLayer, from table: SignalTable) -> LayerSeries {
    let sensors = SensorArray(scenario.sensors, interval: scenario.interval, streams: world.streams)
    let channels = Instrument.all.filter { $0.layer == layer }.map(\.channel)
    let devices = world.cluster.devices
    let readings = parallelMap(count: devices.count, threads: threads) { device in
      sensors.readings(of: device, layer: layer, from: table)
    }
    let width = channels.count
    let values = NDArray([table.sampleCount, devices.count, width]) { elements in
      for (device, rows) in readings.enumerated() {
        for row in 0..<table.sampleCount {
          for column in 0..<width {
            elements[(row * devices.count + device) * width + column] = rows[row * width + column]
          }
        }
      }
    }
    return LayerSeries(layer: layer, entities: devices, channels: channels, values: values)
  }

  private func sample(_ time: Double) -> Int { min(scenario.sampleCount, Int(time / scenario.interval)) }

  /// The samples that report on any part of a period.
  private func samples(_ start: Double, _ end: Double) -> Range<Int> {
    let upper = min(scenario.sampleCount, Int((end / scenario.interval).rounded(.up)))
    return min(upper, Int(start / scenario.interval))..<upper
  }

  /// One label per culprit. Its channels are those of the cause that a measured effect confirms; all when none does.
  private func faultLabels(_ injections: [Simulation.Injection]) -> [FaultLabel] {
    injections.flatMap { injection in
      injection.fault.culprits.map { culprit in
        let affected = injection.impact.onsets.filter { $0.entity == culprit }.map(\.channel)
        let all = injection.fault.kind.channels
        let shown = all.filter { affected.contains($0) }
        return FaultLabel(
          kind: injection.fault.kind.rawValue, entity: culprit, layer: injection.fault.kind.layer,
          channels: shown.isEmpty ? all : shown,
          interval: injection.fault.samples(interval: scenario.interval, count: scenario.sampleCount))
      }
    }
  }

  private func pauseLabels(_ state: WorldState) -> [FaultLabel] {
    var pauses = state.schedule.completed
    if state.schedule.activity != .training {
      pauses.append((state.schedule.activity, state.schedule.pauseStart, state.time))
    }
    return pauses.compactMap { pause in
      let samples = samples(pause.start, pause.end)
      guard !samples.isEmpty else { return nil }
      return FaultLabel(
        kind: pause.activity == .checkpoint ? "benign:checkpoint" : "benign:evaluation", entity: world.cluster.path,
        interval: samples, isBenign: true)
    }
  }

  private var episodeLabels: [FaultLabel] {
    world.plan.episodes.map { episode in
      let signal: Signal = episode.kind == .dataLoading ? .loadingTime : .sequenceLength
      return FaultLabel(
        kind: "benign:\(episode.kind.rawValue)", entity: episode.entity, layer: .application,
        channels: [Instrument.all[signal.rawValue].channel.name], interval: samples(episode.onset, episode.end),
        isBenign: true)
    }
  }

  /// What a run says about its making. `fault.<n>.impact` is the relative step time, or `none`.
  private func provenance(_ injections: [Simulation.Injection]) -> [String: String] {
    var provenance = ["source": "StrataSimulation", "seed": "\(seed)", "scenario": json(scenario)]
    for (i, injection) in injections.enumerated() {
      provenance["fault.\(i)"] = json(injection.fault)
      provenance["fault.\(i).impact"] = injection.impact.hasImpact ? "\(injection.impact.stepTimeRatio)" : "none"
    }
    return provenance
  }

  private func json(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Scenarios are validated, so that every number in them is finite and encoding cannot fail.
    return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}
