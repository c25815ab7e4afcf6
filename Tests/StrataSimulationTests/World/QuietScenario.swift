import StrataSimulation

extension Scenario {
  /// One training job without pauses on some hosts, and nothing that disturbs it.
  static func quiet(hosts: Int, duration: Double = 600, interval: Double = 2) -> Scenario {
    var scenario = Scenario(
      name: "quiet", duration: duration, interval: interval, training: 60, cluster: ClusterShape(hosts: hosts))
    scenario.workload.layers = 8
    if hosts < 4 {
      scenario.workload.experts = 8 * hosts * 2
      scenario.workload.expertParallel = 8 * hosts
    }
    return scenario
  }

  /// A card of the standard catalogue.
  static func card(_ id: String) -> FaultCard { FaultCatalogue.standard[id]! }
}
