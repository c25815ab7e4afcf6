import StrataTelemetry

extension Scenario {
  private typealias Field = ScenarioField<Scenario>

  /// Checks every value, whether it came from a file or from a program.
  ///
  /// - Throws: ``ScenarioError`` for the first value that is out of range or contradicts another.
  public func validate() throws(ScenarioError) {
    try Field.check(interval, "interval", in: 0.1...3600)
    try Field.check(duration, "duration", in: interval...31_536_000)
    try Field.check(training, "training", in: 0...duration)
    try Field.check(start, "start", in: 0...1e9 * 4)
    try validateName(cluster.name, "cluster.name")
    for field in ClusterShape.fields { try field.check(cluster, prefix: "cluster.") }
    for field in SensorDefects.fields { try field.check(sensors, prefix: "sensors.") }
    try validateJobs()
    let cluster = Cluster(cluster)
    for (i, fault) in faults.enumerated() { try validate(fault, "faults[\(i)]", cluster) }
    for (i, episode) in benign.enumerated() { try validate(episode, "benign[\(i)]", cluster) }
    if let randomFaults { try validate(randomFaults) }
  }

  private func validateName(_ name: String, _ field: String) throws(ScenarioError) {
    guard !name.isEmpty && !name.contains("/") else {
      throw ScenarioError("must be a name without '/', found '\(name)'", field: field)
    }
  }

  private func validateJobs() throws(ScenarioError) {
    guard !jobs.isEmpty else { throw ScenarioError("must have a job", field: "jobs") }
    var left = cluster.hosts
    for (i, job) in jobs.enumerated() {
      try validateName(job.name, "jobs[\(i)].name")
      guard !jobs[..<i].contains(where: { $0.name == job.name }) else {
        throw ScenarioError("is the name of another job as well: '\(job.name)'", field: "jobs[\(i)].name")
      }
      let hosts = job.hosts ?? left
      guard hosts > 0 && hosts <= left else {
        throw ScenarioError(
          "must be from 1 to the \(left) hosts that are left, found \(hosts)", field: "jobs[\(i)].hosts")
      }
      left -= hosts
      let devices = hosts * cluster.devicesPerHost
      switch job.workload {
      case .training(let workload): try workload.validate(devices: devices, "jobs[\(i)].training.")
      case .serving(let workload): try workload.validate(devices: devices, "jobs[\(i)].serving.")
      }
    }
  }

  private func validate(_ fault: FaultSpecification, _ field: String, _ cluster: Cluster) throws(ScenarioError) {
    try validatePeriod(at: fault.at, duration: fault.duration, severity: fault.severity, field)
    if fault.at < training {
      throw ScenarioError("must not lie in the \(training) s of training, found \(fault.at)", field: "\(field).at")
    }
    if let ramp = fault.ramp { try Field.check(ramp, "\(field).ramp", in: 0...31_536_000) }
    if let lead = fault.lead { try Field.check(lead, "\(field).lead", in: 1...31_536_000) }
    if let entity = fault.entity { try validate(entity, of: fault.card, field, cluster) }
    if let variant = fault.variant, !fault.card.variants.contains(where: { $0.name == variant }) {
      let names = fault.card.variants.map(\.name)
      throw ScenarioError(
        names.isEmpty
          ? "names '\(variant)', but there is one form of \(fault.card.name)"
          : "names '\(variant)'; the forms of \(fault.card.name) are \(names.joined(separator: ", "))",
        field: "\(field).variant")
    }
    let training = jobs.compactMap { job -> TrainingWorkload? in
      if case .training(let workload) = job.workload { workload } else { nil }
    }
    if let layers = fault.layers {
      guard let workload = training.first, layers.upperBound <= workload.layers, layers.lowerBound >= 0 else {
        throw ScenarioError("must lie in the layers of the first training job", field: "\(field).layers")
      }
      guard fault.card.actsOnRouters else {
        throw ScenarioError(
          "is for a fault that acts on routers, which \(fault.card.name) does not", field: "\(field).layers")
      }
    }
    guard let expert = fault.expert else { return }
    guard fault.card.unit == .expert && fault.entity == nil, let workload = training.first else {
      throw ScenarioError("is for a fault of an expert without an entity", field: "\(field).expert")
    }
    try Field.check(expert, "\(field).expert", in: 0...workload.experts - 1)
  }

  /// Whether a fault of this kind can be in an entity.
  private func validate(
    _ entity: EntityPath, of card: FaultCard, _ field: String, _ cluster: Cluster
  ) throws(ScenarioError) {
    let isJob = jobs.contains { cluster.path.appending($0.name) == entity }
    let place = cluster.place(at: entity)
    let fits: Bool
    switch (card.unit, place) {
    case (.job, _): fits = isJob
    case (_, nil): fits = false
    case (.leaf, .leaf), (.fabric, .fabric), (.fabric, .leaf), (.storage, .storage): fits = true
    case (.device, .device), (.nic, .device), (.rank, .device), (.sensor, .device), (.expert, .device): fits = true
    case (.host, .host), (.host, .device), (.rack, .rack), (.rack, .host), (.rack, .device): fits = true
    default: fits = false
    }
    if !fits {
      throw ScenarioError(
        "names '\(entity)', which is no \(card.unit.rawValue) of the cluster, as \(card.name) needs",
        field: "\(field).entity")
    }
  }

  private func validate(_ episode: BenignSpecification, _ field: String, _ cluster: Cluster) throws(ScenarioError) {
    try validatePeriod(at: episode.at, duration: episode.duration, severity: episode.severity, field)
    guard let entity = episode.entity else { return }
    let fits: Bool
    switch (episode.kind.scope, cluster.place(at: entity)) {
    case (.job, _): fits = jobs.contains { cluster.path.appending($0.name) == entity }
    case (.host, .host), (.leaf, .leaf), (.coolingZone, .coolingZone): fits = true
    default: fits = false
    }
    if !fits {
      throw ScenarioError(
        "names '\(entity)', which is not what \(episode.kind.rawValue) concerns", field: "\(field).entity")
    }
  }

  private func validatePeriod(at: Double, duration: Double, severity: Double, _ field: String) throws(ScenarioError) {
    try Field.check(duration, "\(field).duration", in: interval...31_536_000)
    try Field.check(severity, "\(field).severity", in: 0.001...1)
    guard at >= 0 && at + duration <= self.duration else {
      throw ScenarioError(
        "puts it outside the run: it would last from \(at) to \(at + duration) of \(self.duration) s",
        field: "\(field).at")
    }
  }

  private func validate(_ random: RandomFaults) throws(ScenarioError) {
    try Field.check(random.count, "randomFaults.count", in: 1...10_000)
    guard !random.cards.isEmpty else { throw ScenarioError("must name a kind", field: "randomFaults.kinds") }
    for bound in [random.severity.lowerBound, random.severity.upperBound] {
      try Field.check(bound, "randomFaults.severity", in: 0.001...1)
    }
    try Field.check(random.duration.lowerBound, "randomFaults.duration", in: interval...31_536_000)
    let slot = (duration - training) / Double(random.count)
    guard random.duration.upperBound + RandomFaults.recovery <= slot else {
      throw ScenarioError(
        "is too large: \(random.count) faults of up to \(random.duration.upperBound) s, each followed by "
          + "\(RandomFaults.recovery) s, do not fit into the \(duration - training) s after training",
        field: "randomFaults.count")
    }
  }
}

extension TrainingWorkload {
  func validate(devices: Int, _ prefix: String) throws(ScenarioError) {
    for field in Self.fields { try field.check(self, prefix: prefix) }
    for field in RouterSettings.fields { try field.check(router, prefix: prefix + "router.") }
    for (pause, name) in [(checkpoints, "checkpoints"), (evaluations, "evaluations")] {
      guard let pause else { continue }
      try ScenarioField<Self>.check(pause.every, "\(prefix)\(name).every", in: 60...31_536_000)
      try ScenarioField<Self>.check(pause.duration, "\(prefix)\(name).duration", in: 1...pause.every / 2)
    }
    let shared = tensorParallel * contextParallel * pipelineParallel
    guard devices.isMultiple(of: shared) else {
      throw ScenarioError(
        "must divide the \(devices) devices together with context and tensor parallelism, found "
          + "\(pipelineParallel)·\(contextParallel)·\(tensorParallel)", field: prefix + "pipelineParallel")
    }
    let positions = devices / tensorParallel / pipelineParallel
    guard positions.isMultiple(of: expertParallel) else {
      throw ScenarioError(
        "must divide the \(positions) positions of a stage, found \(expertParallel)", field: prefix + "expertParallel")
    }
    guard expertParallel == 1 || expertParallel.isMultiple(of: contextParallel) else {
      throw ScenarioError(
        "must be one or a multiple of contextParallel, \(contextParallel), found \(expertParallel)",
        field: prefix + "expertParallel")
    }
    guard layers.isMultiple(of: pipelineParallel) else {
      throw ScenarioError(
        "must be a multiple of the \(pipelineParallel) stages, found \(layers)", field: prefix + "layers")
    }
    guard experts.isMultiple(of: expertParallel) else {
      throw ScenarioError(
        "must be a multiple of the \(expertParallel) positions that share them, found \(experts)",
        field: prefix + "experts")
    }
    try validateExperts(experts, perToken: expertsPerToken, prefix)
    guard microBatches <= tokensPerDevice else {
      throw ScenarioError(
        "must be at most the \(tokensPerDevice) tokens of a device, found \(microBatches)",
        field: prefix + "microBatches")
    }
  }
}

extension ServingWorkload {
  func validate(devices: Int, _ prefix: String) throws(ScenarioError) {
    for field in Self.fields { try field.check(self, prefix: prefix) }
    for field in RouterSettings.fields { try field.check(router, prefix: prefix + "router.") }
    guard devices.isMultiple(of: devicesPerReplica) else {
      throw ScenarioError(
        "must divide the \(devices) devices, found \(devicesPerReplica)", field: prefix + "devicesPerReplica")
    }
    guard experts.isMultiple(of: devicesPerReplica) else {
      throw ScenarioError(
        "must be a multiple of the \(devicesPerReplica) devices that share them, found \(experts)",
        field: prefix + "experts")
    }
    try validateExperts(experts, perToken: expertsPerToken, prefix)
  }
}

private func validateExperts(_ experts: Int, perToken: Int, _ prefix: String) throws(ScenarioError) {
  guard perToken <= experts else {
    throw ScenarioError("must be at most the \(experts) experts, found \(perToken)", field: prefix + "expertsPerToken")
  }
}
