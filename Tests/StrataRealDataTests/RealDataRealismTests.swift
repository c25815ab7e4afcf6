import StrataExperiments
import StrataTelemetry
import Testing

/// The figures that the simulator is calibrated to, taken again from the public data.
@Suite struct RealDataRealismTests {
  private func expect(_ value: Double?, _ published: Double, within tolerance: Double = 0.001) throws {
    let value = try #require(value)
    #expect((value / published - 1).magnitude < tolerance, "\(value), expected \(published)")
  }

  @Test func oneSlowWorkerMakesItsReplicaWaitNowhereAndTheOthersInCollectives() throws {
    let folder = try RealData.folder("bytedance-straggler")
    let signature = StragglerSignature(
      try TracedOperation.all(contentsOf: "\(folder)/trace-AR.csv.gz"), culprit: .worker(replica: 0, stage: 0))
    try expect(signature.computeRatio, 2.355)
    try expect(signature.stepTime, 46.666)
    for (stage, (culprit, peers)) in [(0.4676, 2.855), (0.2144, 24.39), (0.2151, 24.77), (0.2053, 2.573)].enumerated() {
      try expect(signature[.reduceScatter, stage].culprit, culprit, within: 0.002)
      try expect(signature[.reduceScatter, stage].peers, peers, within: 0.002)
    }
    try expect(signature[.reduceEmbedding, 0].peers, 21.47, within: 0.002)
    try expect(signature[.forwardReceive, 1].culprit, 0.8134)
  }

  @Test func aLongLastStageMakesTheOthersWaitForGradients() throws {
    let folder = try RealData.folder("bytedance-straggler")
    let signature = StragglerSignature(
      try TracedOperation.all(contentsOf: "\(folder)/trace-ST.csv.gz"), culprit: .stage(3))
    try expect(signature.computeRatio, 1.632, within: 0.003)
    try expect(signature.stepTime, 2.213)
    for (stage, wait) in [0.2061, 0.2013, 0.1659].enumerated() {
      try expect(signature[.backwardReceive, stage].peers, wait, within: 0.005)
    }
  }

  @Test func faultsComeInClustersAndReturnToTheirHosts() throws {
    let folder = try RealData.folder("infinitehbd-trace")
    let faults = try HostFault.all(contentsOf: "\(folder)/fault_trace.csv")
    let statistics = FaultStatistics(faults, hosts: 400, duration: 349 * 86_400)
    #expect(statistics.count == 584)
    try expect(statistics.meanGap, 14.198)
    try expect(statistics.gapVariation, 1.7558)
    try expect(statistics.simultaneous, 0.1355)
    try expect(statistics.topTenth, 0.4092)
    try expect(statistics.gini, 0.6425)
    try expect(statistics.faultless, 0.4225)
    try expect(statistics.againWithinDay, 0.3711)
    try expect(statistics.againWithinWeek, 0.5156)
    try expect(statistics.sameComponent, 0.4079)
    try expect(statistics.repairQuantiles[1], 20.389)
    try expect(statistics.repairQuantiles[2], 311.34)
    try expect(statistics.dailyContrast, 3.2418)
    try expect(statistics.dailyAmplitude, 0.5467)
  }

  @Test func marginalsOfTwoClustersAreNearEachOther() throws {
    let folder = try RealData.folder("acmetrace-summary")
    let series = try MarginalDistribution.all(contentsOf: "\(folder)/utilization_cdfs.csv")
    let (kalos, seren) = (try #require(series["kalos.gpu_power_W"]), try #require(series["seren.gpu_power_W"]))
    try expect(kalos.quantile(0.5), 101.4)
    try expect(kalos.quantile(0.75), 371.8)
    #expect(kalos.values.count == 1000 && kalos.distance(to: seren) < 0.15)
    try expect(series["kalos.gpu_temp_C"]?.quantile(0.95), 62)
  }

  @Test func hostsDrawLessPowerWhileTheyEvaluate() throws {
    let folder = try RealData.folder("mlperf-v40-llm")
    let run = "64xSMC-H100-SXM-80GB__gpt3__result_5848-240517221859825376616_2.csv.gz"
    let records = try PowerRecord.all(contentsOf: "\(folder)/power-ac/\(run)").independent
    #expect(records.count == 34)
    let levels = PowerLevels(records, phases: try RunPhases(contentsOf: "\(folder)/events/smc-ac-power__\(run)"))
    try expect(levels.training.mean, 6898, within: 0.002)
    try expect(levels.evaluation.mean, 6381, within: 0.002)
    try expect(levels.ratio, 0.925, within: 0.002)
    try expect(levels.stepTime, 10.638)
    try expect(levels.evaluationTime, 12.963)
    try expect(levels.evaluationSpacing, 142.151)
  }
}
