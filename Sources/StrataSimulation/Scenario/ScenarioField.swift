import StrataTelemetry

/// A number of a scenario: its key, its place and the values it may have. Reading and checking both go by the list.
enum ScenarioField<Root> {
  case real(String, WritableKeyPath<Root, Double>, ClosedRange<Double>)
  case whole(String, WritableKeyPath<Root, Int>, ClosedRange<Int>)

  /// Reads the value, if the file gives one.
  func read(_ node: ConfigurationNode, into root: inout Root) throws(ConfigurationError) {
    switch self {
    case .real(let key, let path, _): root[keyPath: path] = try node.double(key, default: root[keyPath: path])
    case .whole(let key, let path, _): root[keyPath: path] = try node.int(key, default: root[keyPath: path])
    }
  }

  /// Checks the value, whether it came from a file or from a program.
  func check(_ root: Root, prefix: String) throws(ScenarioError) {
    switch self {
    case .real(let key, let path, let range): try Self.check(root[keyPath: path], prefix + key, in: range)
    case .whole(let key, let path, let range): try Self.check(root[keyPath: path], prefix + key, in: range)
    }
  }

  static func check<Value: Comparable>(
    _ value: Value, _ field: String, in range: ClosedRange<Value>
  ) throws(ScenarioError) {
    if !range.contains(value) {
      throw ScenarioError("must be from \(range.lowerBound) to \(range.upperBound), found \(value)", field: field)
    }
  }
}

extension TrainingWorkload {
  static var fields: [ScenarioField<TrainingWorkload>] {
    [
      .whole("tensorParallel", \.tensorParallel, 1...64), .whole("contextParallel", \.contextParallel, 1...1024),
      .whole("expertParallel", \.expertParallel, 1...1024), .whole("pipelineParallel", \.pipelineParallel, 1...128),
      .whole("microBatches", \.microBatches, 1...1024), .whole("layers", \.layers, 1...256),
      .whole("experts", \.experts, 1...4096), .whole("expertsPerToken", \.expertsPerToken, 1...64),
      .whole("tokensPerDevice", \.tokensPerDevice, 1...10_000_000), .real("bytesPerToken", \.bytesPerToken, 0...1e6),
      .real("denseSeconds", \.denseSeconds, 0.01...600), .real("expertSeconds", \.expertSeconds, 0...600),
      .real("optimizerSeconds", \.optimizerSeconds, 0...60), .real("lastStageWork", \.lastStageWork, 0.1...10),
      .real("lastStageForwardWork", \.lastStageForwardWork, 0.1...10),
      .real("forwardShare", \.forwardShare, 0.1...0.9), .real("denseGradientBytes", \.denseGradientBytes, 0...1e13),
      .real("expertGradientBytes", \.expertGradientBytes, 0...1e13), .real("overlap", \.overlap, 0...1),
      .real("unhidden", \.unhidden, 0...1), .real("gradientOverlap", \.gradientOverlap, 0...1),
      .real("lossAveragingSeconds", \.lossAveragingSeconds, 0...60),
      .real("clipSeconds", \.clipSeconds, 0...60), .real("embeddingSeconds", \.embeddingSeconds, 0...60),
      .real("computeNoise", \.computeNoise, 0...0.2),
      .real("computeNoiseCorrelation", \.computeNoiseCorrelation, 0...0.99),
      .real("attentionShare", \.attentionShare, 0...1), .real("sequenceLength", \.sequenceLength, 1...1e7),
      .real("sequenceVariation", \.sequenceVariation, 0...2), .real("loadingSeconds", \.loadingSeconds, 0...60),
      .real("loadingSpread", \.loadingSpread, 0...2), .real("collectionInterval", \.collectionInterval, 0...1e7),
      .real("collectionSeconds", \.collectionSeconds, 0...60),
      .whole("firstIteration", \.firstIteration, 0...1_000_000_000), .real("watchdog", \.watchdog, 1...86_400),
      .real("restart", \.restart, 1...86_400), .real("memoryInUse", \.memoryInUse, 0...1e7),
      .real("memoryPerLoad", \.memoryPerLoad, 0...1e7),
    ]
  }
}

extension ServingWorkload {
  static var fields: [ScenarioField<ServingWorkload>] {
    [
      .whole("devicesPerReplica", \.devicesPerReplica, 1...1024), .whole("layers", \.layers, 1...256),
      .whole("experts", \.experts, 1...4096), .whole("expertsPerToken", \.expertsPerToken, 1...64),
      .real("bytesPerToken", \.bytesPerToken, 0...1e6), .real("requestRate", \.requestRate, 0...1e5),
      .real("dailySwing", \.dailySwing, 0...0.99), .real("promptTokens", \.promptTokens, 1...1e6),
      .real("promptSpread", \.promptSpread, 0...3), .real("outputTokens", \.outputTokens, 1...1e6),
      .real("outputSpread", \.outputSpread, 0...3), .real("iterationSeconds", \.iterationSeconds, 1e-3...10),
      .real("sequenceSeconds", \.sequenceSeconds, 0...1), .real("promptSeconds", \.promptSeconds, 0...1),
      .real("promptChunk", \.promptChunk, 1...1e6), .whole("largestBatch", \.largestBatch, 1...100_000),
      .real("cacheTokens", \.cacheTokens, 1...1e12), .real("overlap", \.overlap, 0...1),
      .real("computeNoise", \.computeNoise, 0...0.2), .real("watchdog", \.watchdog, 1...86_400),
      .real("restart", \.restart, 1...86_400), .real("memoryInUse", \.memoryInUse, 0...1e7),
    ]
  }
}

extension RouterSettings {
  static var fields: [ScenarioField<RouterSettings>] {
    [
      .real("concentration", \.concentration, 0.1...1e6), .real("drift", \.drift, 0...2),
      .real("tokenDeviation", \.tokenDeviation, 0...10), .real("balancingLoss", \.balancingLoss, 0...1),
      .real("zLoss", \.zLoss, 0...1), .real("biasUpdate", \.biasUpdate, 0...1),
      .real("capacityFactor", \.capacityFactor, 0...100),
    ]
  }
}

extension SensorDefects {
  static var fields: [ScenarioField<SensorDefects>] {
    [
      .real("missing", \.missing, 0...0.5), .real("missingRun", \.missingRun, 1...10_000),
      .real("jitter", \.jitter, 0...1), .real("counterResetsPerDay", \.counterResetsPerDay, 0...10_000),
      .real("noise", \.noise, 0...100), .real("devicePeriod", \.devicePeriod, 0...3600),
      .real("hostPeriod", \.hostPeriod, 0...3600), .real("portPeriod", \.portPeriod, 0...3600),
      .real("controllerPeriod", \.controllerPeriod, 0...3600), .real("clockOffset", \.clockOffset, 0...10),
    ]
  }
}

extension ClusterShape {
  static var fields: [ScenarioField<ClusterShape>] {
    [
      .whole("hosts", \.hosts, 1...16_384), .whole("devicesPerHost", \.devicesPerHost, 1...16),
      .whole("hostsPerRack", \.hostsPerRack, 1...64), .whole("hostsPerLeaf", \.hostsPerLeaf, 1...1024),
      .whole("racksPerPowerDomain", \.racksPerPowerDomain, 1...1024),
      .whole("racksPerCoolingZone", \.racksPerCoolingZone, 1...1024),
    ]
  }
}
