import StrataTelemetry

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Everything about a run but its values: labels, topology, provenance.
struct RunDescription: Sendable {
  let world: World
  let seed: UInt64
  let layout: TelemetryLayout

  private var scenario: Scenario { world.scenario }

  /// What is known before the run has begun.
  var metadata: RunMetadata {
    // Sample `k` reports on the time until `k + 1` intervals after the start, which is when it is taken.
    RunMetadata(
      name: scenario.name, start: scenario.start + scenario.interval, interval: scenario.interval,
      layers: layout.layers.map { LayerMetadata(layer: $0.layer, entities: $0.entities, channels: $0.channels) },
      topology: topology)
  }

  /// The samples meant for training.
  var split: RunSplit { RunSplit(trainingEnd: min(scenario.sampleCount, Int(scenario.training / scenario.interval))) }

  /// What happened: faults, pauses and restarts, benign disturbances.
  func labels(_ injections: [Simulation.Injection], _ state: WorldState) -> [FaultLabel] {
    injections.flatMap(labels) + pauseLabels(state) + episodeLabels
  }

  private var topology: [EntityPath: [String: String]] {
    var attributes = world.cluster.attributes
    for job in world.training {
      attributes[job.path] = ["role": "job", "kind": "training"]
      for (rank, device) in job.devices.enumerated() {
        let map = job.map
        let first = map.expertIndex(of: rank) * job.workload.expertsPerPosition
        attributes[world.cluster.devices[device], default: [:]].merge([
          "job": job.path.description, "rank": "\(rank)", "tensor": "\(map.tensorIndex(of: rank))",
          "stage": "\(map.stage(of: rank))", "replica": "\(map.replica(of: rank))",
          "expertGroup": "\(map.stage(of: rank) * map.expertGroups + map.expertGroup(of: rank))",
          "experts": "\(first)-\(first + job.workload.expertsPerPosition - 1)",
        ]) { $1 }
      }
    }
    for job in world.serving {
      attributes[job.path] = ["role": "job", "kind": "serving"]
      for (rank, device) in job.devices.enumerated() {
        attributes[world.cluster.devices[device], default: [:]].merge([
          "job": job.path.description, "rank": "\(rank)", "replica": "\(rank / job.workload.devicesPerReplica)",
        ]) { $1 }
      }
    }
    for kind in [EntityKind.router, .expert] {
      for path in layout.entities[kind.rawValue] { attributes[path] = ["role": kind == .router ? "layer" : "expert"] }
    }
    return attributes
  }

  /// The samples that report on any part of a period.
  private func samples(_ start: Double, _ end: Double) -> Range<Int> {
    let upper = max(0, min(scenario.sampleCount, Int((end / scenario.interval).rounded(.up))))
    return min(upper, max(0, Int(start / scenario.interval)))..<upper
  }

  /// One label per culprit; per root when no device shows the cause, or some do for the whole job. The channels are those
  /// of the cause that a measured effect confirms; all when none does.
  private func labels(_ injection: Simulation.Injection) -> [FaultLabel] {
    let fault = injection.fault
    let places = fault.culprits.isEmpty || fault.card.unit == .job ? fault.roots : fault.culprits
    let end = min(fault.end, injection.impact.repaired ?? .infinity)
    let channels = fault.card.channels
    let shown = Set(injection.impact.onsets.filter { $0.role == .culprit }.map(\.channel))
    let confirmed = channels.filter(shown.contains)
    return places.map { place in
      FaultLabel(
        kind: fault.card.isBenign ? "benign:\(fault.card.name)" : fault.card.name, entity: place,
        layer: fault.card.layer, channels: confirmed.isEmpty ? channels : confirmed,
        interval: samples(fault.onset, end), isBenign: fault.card.isBenign)
    }
  }

  private func pauseLabels(_ state: WorldState) -> [FaultLabel] {
    zip(world.jobs, state.jobs).flatMap { job, own in
      own.interruptions.compactMap { pause in
        let kind: String
        switch pause.what {
        case .checkpoint: kind = "benign:checkpoint"
        case .evaluation: kind = "benign:evaluation"
        case .down: kind = "benign:restart"
        case .running, .hung: return nil
        }
        let samples = samples(pause.start, pause.end)
        guard !samples.isEmpty else { return nil }
        return FaultLabel(kind: kind, entity: job.path, interval: samples, isBenign: true)
      }
    }
  }

  private var episodeLabels: [FaultLabel] {
    world.plan.episodes.map { episode in
      FaultLabel(
        kind: "benign:\(episode.kind.rawValue)", entity: episode.entity, interval: samples(episode.onset, episode.end),
        isBenign: true)
    }
  }

  /// What a run says about its making.
  ///
  /// - Parameters:
  ///   - injections: What the faults did that acted.
  ///   - acting: Their numbers among all that were planned.
  func provenance(_ injections: [Simulation.Injection], acting: [Int]) -> [String: String] {
    var provenance = ["source": "StrataSimulation", "seed": "\(seed)"]
    for (number, injection) in zip(acting, injections) { provenance["fault.\(number)"] = json(FaultSummary(injection)) }
    let left = world.plan.faults.indices.filter { !acting.contains($0) }
    if !left.isEmpty { provenance["without"] = left.map(String.init).joined(separator: ",") }
    return provenance
  }

  private func json(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Every number of a plan is finite, so that encoding cannot fail.
    return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}

/// What a run says about one of its faults: where, when, how strong and to what effect.
struct FaultSummary: Encodable {
  let id: String
  let name: String
  let unit: String
  let layer: String
  let roots: [String]
  let onset: Double
  let end: Double
  let severity: Double
  let precursorStart: Double?
  let variant: String?
  let stepTimeRatio: Double
  let lostProgress: Double
  let hasImpact: Bool
  let repaired: Double?
  let victims: Int

  init(_ injection: Simulation.Injection) {
    let (fault, impact) = (injection.fault, injection.impact)
    (id, name, unit) = (fault.card.id, fault.card.name, fault.card.unit.rawValue)
    (layer, roots) = (fault.card.layer.rawValue, fault.roots.map(\.description))
    (onset, end, severity) = (fault.onset, fault.end, fault.severity)
    (precursorStart, variant) = (fault.precursorStart, fault.variant)
    (stepTimeRatio, lostProgress) = (impact.stepTimeRatio, impact.lostProgress)
    (hasImpact, repaired, victims) = (impact.hasImpact, impact.repaired, impact.victims.count)
  }
}
