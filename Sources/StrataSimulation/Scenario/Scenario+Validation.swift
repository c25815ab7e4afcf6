import StrataTelemetry

extension Scenario {
  /// More values than this are not simulated; exact signals and readings take eight bytes each.
  private static let valueLimit = 1_000_000_000

  /// Checks every value, whether it came from a file or from a program.
  ///
  /// - Throws: ``ScenarioError`` for the first value that is out of range or contradicts another.
  public func validate() throws(ScenarioError) {
    try require(interval, "interval", in: 0.1...3600)
    try require(duration, "duration", in: interval...31_536_000)
    try require(training, "training", in: 0...duration)
    try require(start, "start", in: 0...1e11)
    try validateCluster()
    let values = sampleCount * cluster.deviceCount * Signal.allCases.count
    guard values <= Self.valueLimit else {
      throw ScenarioError(
        "asks for \(values) values, more than the \(Self.valueLimit) that are simulated in memory", field: "duration")
    }
    try validateWorkload()
    try validateSensors()
    try validateDevice()
    for (pause, name) in [(checkpoints, "checkpoints"), (evaluations, "evaluations")] {
      guard let pause else { continue }
      try require(pause.every, "\(name).every", in: 60...31_536_000)
      try require(pause.duration, "\(name).duration", in: 1...pause.every / 2)
    }
    for (i, fault) in faults.enumerated() { try validate(fault, "faults[\(i)]") }
    for (i, episode) in benign.enumerated() { try validate(episode, "benign[\(i)]") }
    if let randomFaults { try validate(randomFaults) }
  }

  private func validateCluster() throws(ScenarioError) {
    guard !cluster.name.isEmpty && !cluster.name.contains("/") else {
      throw ScenarioError("must be a name without '/', found '\(cluster.name)'", field: "cluster.name")
    }
    try require(cluster.hosts, "cluster.hosts", in: 1...64)
    try require(cluster.devicesPerHost, "cluster.devicesPerHost", in: 1...16)
    try require(cluster.hostsPerRack, "cluster.hostsPerRack", in: 1...64)
  }

  private func validateWorkload() throws(ScenarioError) {
    let whole: [(Int, String, ClosedRange<Int>)] = [
      (workload.layers, "layers", 1...256), (workload.experts, "experts", 1...4096),
      (workload.expertParallel, "expertParallel", 1...1024), (workload.expertsPerToken, "expertsPerToken", 1...64),
      (workload.tokensPerDevice, "tokensPerDevice", 1...10_000_000),
      (workload.firstIteration, "firstIteration", 0...1_000_000_000),
    ]
    for (value, name, range) in whole { try require(value, "workload.\(name)", in: range) }
    let real: [(Double, String, ClosedRange<Double>)] = [
      (workload.bytesPerToken, "bytesPerToken", 0...1e6), (workload.denseSeconds, "denseSeconds", 0.01...600),
      (workload.expertSeconds, "expertSeconds", 0...600), (workload.optimizerSeconds, "optimizerSeconds", 0...60),
      (workload.denseGradientBytes, "denseGradientBytes", 0...1e12),
      (workload.expertGradientBytes, "expertGradientBytes", 0...1e12), (workload.overlap, "overlap", 0...1),
      (workload.computeNoise, "computeNoise", 0...0.2),
      (workload.computeNoiseCorrelation, "computeNoiseCorrelation", 0...0.99),
      (workload.attentionShare, "attentionShare", 0...1), (workload.sequenceLength, "sequenceLength", 1...10_000_000),
      (workload.sequenceVariation, "sequenceVariation", 0...2), (workload.loadingSeconds, "loadingSeconds", 0...60),
      (workload.loadingSpread, "loadingSpread", 0...2), (workload.routerConcentration, "routerConcentration", 1...1e6),
      (workload.routerDrift, "routerDrift", 0...2),
    ]
    for (value, name, range) in real { try require(value, "workload.\(name)", in: range) }
    guard cluster.deviceCount.isMultiple(of: workload.expertParallel) else {
      throw ScenarioError(
        "must divide the \(cluster.deviceCount) devices, found \(workload.expertParallel)",
        field: "workload.expertParallel")
    }
    guard workload.experts.isMultiple(of: workload.expertParallel) else {
      throw ScenarioError(
        "must be a multiple of the \(workload.expertParallel) devices that share them, found \(workload.experts)",
        field: "workload.experts")
    }
    guard workload.expertsPerToken <= workload.experts else {
      throw ScenarioError(
        "must be at most the \(workload.experts) experts, found \(workload.expertsPerToken)",
        field: "workload.expertsPerToken")
    }
  }

  private func validateSensors() throws(ScenarioError) {
    try require(sensors.missing, "sensors.missing", in: 0...0.5)
    try require(sensors.missingRun, "sensors.missingRun", in: 1...10_000)
    try require(sensors.jitter, "sensors.jitter", in: 0...1)
    try require(sensors.counterResetsPerDay, "sensors.counterResetsPerDay", in: 0...10_000)
    try require(sensors.noise, "sensors.noise", in: 0...100)
  }

  private func validateDevice() throws(ScenarioError) {
    try require(device.lowestClock, "device.lowestClock", in: 1...device.highestClock.nextDown)
    let positive: [(Double, String)] = [
      (device.clockStep, "clockStep"), (device.dieTimeConstant, "dieTimeConstant"),
      (device.sinkTimeConstant, "sinkTimeConstant"), (device.memoryTimeConstant, "memoryTimeConstant"),
      (device.linkBandwidth, "linkBandwidth"), (device.nvlinkBandwidth, "nvlinkBandwidth"),
    ]
    for (value, name) in positive { try require(value, "device.\(name)", in: 1e-9...1e18) }
    guard !device.slotOffsets.isEmpty else { throw ScenarioError("must not be empty", field: "device.slotOffsets") }
  }

  private func validate(_ fault: FaultSpecification, _ field: String) throws(ScenarioError) {
    try validatePeriod(at: fault.at, duration: fault.duration, severity: fault.severity, field)
    if fault.at < training {
      throw ScenarioError("must not lie in the \(training) s of training, found \(fault.at)", field: "\(field).at")
    }
    if let ramp = fault.ramp { try require(ramp, "\(field).ramp", in: 0...31_536_000) }
    if let entity = fault.entity, Cluster(cluster).device(at: entity) == nil {
      throw ScenarioError("names '\(entity)', which is no device of the cluster", field: "\(field).entity")
    }
    guard let expert = fault.expert else { return }
    guard fault.kind == .hotExpert && fault.entity == nil else {
      throw ScenarioError("is for a hot-expert fault without an entity", field: "\(field).expert")
    }
    try require(expert, "\(field).expert", in: 0...workload.experts - 1)
  }

  private func validate(_ episode: BenignSpecification, _ field: String) throws(ScenarioError) {
    try validatePeriod(at: episode.at, duration: episode.duration, severity: episode.severity, field)
    guard let entity = episode.entity else { return }
    guard episode.kind == .dataLoading else {
      throw ScenarioError("is for data-loading episodes; this one concerns the job", field: "\(field).entity")
    }
    if Cluster(cluster).host(at: entity) == nil {
      throw ScenarioError("names '\(entity)', which is no host of the cluster", field: "\(field).entity")
    }
  }

  private func validatePeriod(at: Double, duration: Double, severity: Double, _ field: String) throws(ScenarioError) {
    try require(duration, "\(field).duration", in: interval...31_536_000)
    try require(severity, "\(field).severity", in: 0.001...1)
    guard at >= 0 && at + duration <= self.duration else {
      throw ScenarioError(
        "puts it outside the run: it would last from \(at) to \(at + duration) of \(self.duration) s",
        field: "\(field).at")
    }
  }

  private func validate(_ random: RandomFaults) throws(ScenarioError) {
    try require(random.count, "randomFaults.count", in: 1...10_000)
    guard !random.kinds.isEmpty else { throw ScenarioError("must name a kind", field: "randomFaults.kinds") }
    for bound in [random.severity.lowerBound, random.severity.upperBound] {
      try require(bound, "randomFaults.severity", in: 0.001...1)
    }
    try require(random.duration.lowerBound, "randomFaults.duration", in: interval...31_536_000)
    let slot = (duration - training) / Double(random.count)
    guard random.duration.upperBound + RandomFaults.recovery <= slot else {
      throw ScenarioError(
        "is too large: \(random.count) faults of up to \(random.duration.upperBound) s, each followed by "
          + "\(RandomFaults.recovery) s, do not fit into the \(duration - training) s after training",
        field: "randomFaults.count")
    }
  }

  private func require<Value: Comparable>(
    _ value: Value, _ field: String, in range: ClosedRange<Value>
  ) throws(ScenarioError) {
    if !range.contains(value) {
      throw ScenarioError(
        "must be from \(range.lowerBound) to \(range.upperBound), found \(value)", field: field)
    }
  }
}
