extension Scenario {
  /// The scenarios that come with the library, by name.
  public static let presets: [String: Scenario] = ["demo": demo, "small": small]

  private static func card(_ name: String) -> FaultCard {
    guard let card = FaultCatalogue.standard[name] else { fatalError("Scenario: no fault '\(name)'") }
    return card
  }

  /// Eight hosts of eight devices for a little more than three hours at five seconds: one half is clean training time,
  /// the other has six faults.
  ///
  /// Checkpoints, evaluations, long sequences and slow storage occur in both halves, as often as faults do; checkpoints
  /// and evaluations often enough for each, and for both at once, to occur several times before a detector is calibrated.
  public static let demo: Scenario = {
    var scenario = Scenario(
      name: "demo", duration: 11_400, interval: 5, training: 5700, cluster: ClusterShape(hosts: 8))
    scenario.workload.checkpoints = PeriodicPause(every: 600, duration: 25)
    scenario.workload.evaluations = PeriodicPause(every: 900, duration: 40)
    scenario.benign = [
      BenignSpecification(kind: .sequenceLength, at: 500, duration: 240, severity: 0.5),
      BenignSpecification(kind: .dataLoading, at: 1450, duration: 200, severity: 0.5),
      BenignSpecification(kind: .sequenceLength, at: 2050, duration: 300, severity: 0.8),
      BenignSpecification(kind: .dataLoading, at: 2700, duration: 240, severity: 0.8),
      BenignSpecification(kind: .sequenceLength, at: 3300, duration: 240, severity: 0.4),
      BenignSpecification(kind: .dataLoading, at: 4000, duration: 240, severity: 0.6),
      BenignSpecification(kind: .sequenceLength, at: 4700, duration: 240, severity: 0.6),
      BenignSpecification(kind: .sequenceLength, at: 6000, duration: 240, severity: 0.7),
      BenignSpecification(kind: .dataLoading, at: 7250, duration: 200, severity: 0.7),
      BenignSpecification(kind: .sequenceLength, at: 8300, duration: 240, severity: 0.5),
      BenignSpecification(kind: .dataLoading, at: 9700, duration: 200, severity: 0.6),
    ]
    scenario.randomFaults = RandomFaults(
      count: 6, cards: [card("F13"), card("F03"), card("M1")], severity: 0.35...0.7, duration: 240...360)
    return scenario
  }()

  /// Two hosts for 25 minutes at one second, with one fault of each of three kinds after ten clean minutes: for tests.
  public static let small: Scenario = {
    var scenario = Scenario(
      name: "small", duration: 1500, interval: 1, training: 600, cluster: ClusterShape(hosts: 2))
    scenario.workload.experts = 32
    scenario.workload.expertParallel = 16
    scenario.workload.layers = 8
    scenario.workload.bytesPerToken = 8192
    scenario.workload.checkpoints = PeriodicPause(every: 500, duration: 12)
    scenario.benign = [BenignSpecification(kind: .sequenceLength, at: 200, duration: 60, severity: 0.5)]
    scenario.randomFaults = RandomFaults(
      count: 3, cards: [card("F13"), card("F03"), card("M1")], severity: 0.5...0.8, duration: 140...170)
    return scenario
  }()
}
