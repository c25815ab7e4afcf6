#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Conditions {
  /// Lets a fault act. Nothing but the mechanism changes: what the telemetry shows follows from the engine.
  package mutating func apply(_ fault: FaultInjection, at time: Double, workload: Workload) {
    let intensity = fault.intensity(at: time)
    guard intensity > 0 else { return }
    switch fault.kind {
    case .thermalThrottling:
      for rank in fault.ranks { thermalResistance[rank] *= 1 + 2 * intensity }
    case .degradedLink:
      for rank in fault.ranks {
        bandwidth[rank] *= 1 - 0.9 * intensity
        symbolErrorRate[rank] += 1e-9 * intensity
      }
    case .hotExpert:
      guard let expert = fault.expert else { return }
      let layers = 0..<max(1, workload.layers / 2)
      preferences.append(PreferenceShift(expert: expert, layers: layers, logit: log(1 + 4 * intensity)))
    }
  }

  /// Lets a benign episode act.
  package mutating func apply(_ episode: BenignEpisode, at time: Double) {
    guard time >= episode.onset && time < episode.end else { return }
    switch episode.kind {
    case .sequenceLength: sequenceVariation += 0.25 * episode.severity
    case .dataLoading:
      if let host = episode.host { loading[host] *= 1 + 10 * episode.severity }
    }
  }
}
