import StrataDiagnosis
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

/// The largest distance of a channel from its clean mean, in clean standard deviations; remembers the sample before.
private struct LargestDeviation: RoleDetector {
  static let method = "largest deviation"

  let channels: [ChannelReference]
  let members: [EntityPath]
  /// Per channel.
  let means: [Float]
  let deviations: [Float]

  init?(fittedTo cleanTime: RoleCleanTime) throws(DiagnosisError) {
    (channels, members) = (cleanTime.channels, cleanTime.members)
    var columns = [[Float]](repeating: [], count: channels.count)
    for (run, members) in cleanTime.runs {
      for member in members {
        let samples = cleanTime.samples(of: member, in: run)
        for (place, value) in samples.elements.enumerated() where value.isFinite {
          columns[place % channels.count].append(value)
        }
      }
    }
    guard columns.allSatisfy({ !$0.isEmpty }) else { return nil }
    let means = columns.map { $0.reduce(0, +) / Float($0.count) }
    deviations = zip(columns, means).map { column, mean in
      max((column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(column.count)).squareRoot(), 1e-6)
    }
    self.means = means
  }

  func makeStream(options: SurpriseOptions) -> any RoleStream { LargestDeviationStream(detector: self) }

  var arrays: [(name: String, array: NDArray)] { [("moments", NDArray([2, channels.count], means + deviations))] }

  init?(channels: [ChannelReference], members: [EntityPath], read: (_ name: String, _ shape: [Int]) -> NDArray?) {
    guard let moments = read("moments", [2, channels.count])?.elements else { return nil }
    (self.channels, self.members) = (channels, members)
    (means, deviations) = (Array(moments[..<channels.count]), Array(moments[channels.count...]))
  }
}

private struct LargestDeviationStream: RoleStream {
  let detector: LargestDeviation
  var members: [EntityPath] = []
  var isKnown: [Bool] = []
  /// Per member, the largest deviation of the sample before.
  var last: [Float] = []
  var channels: [ChannelReference] { detector.channels }

  mutating func add(_ member: EntityPath) {
    members.append(member)
    isKnown.append(detector.members.contains(member))
    last.append(0)
  }

  mutating func push(_ rows: UnsafeBufferPointer<Float>, count: Int) -> RoleScores {
    let width = channels.count
    var result = RoleScores(common: [Float](repeating: 0, count: count * width))
    for time in 0..<count {
      for member in members.indices {
        let own = (0..<width).map { channel -> Float in
          let value = rows[(time * members.count + member) * width + channel]
          return value.isFinite ? abs(value - detector.means[channel]) / detector.deviations[channel] : 0
        }
        let largest = own.max() ?? 0
        result.scores.append(min(largest, last[member]))
        last[member] = largest
        result.own += own
      }
    }
    return result
  }

  var state: RoleState { RoleState(arrays: ["last": last]) }

  mutating func restore(_ state: RoleState) -> Bool {
    guard let last = state.arrays["last"], last.count == members.count else { return false }
    self.last = last
    return true
  }
}

@Suite struct DetectionMethodTests {
  private let fleet = Fleet(sampleCount: 200, faults: [Fleet.Fault(host: 2, samples: 90..<120, factors: Fleet.slow)])

  private func detector(method: String) throws -> FittedDetector {
    var clean = fleet
    clean.faults = []
    clean.sampleCount = 400
    let run = clean.run(named: "clean")
    return try FittedDetector(
      cleanTime: [run], policy: AlarmPolicy(budget: 1e5, mergeGap: 30), method: method,
      provenance: Provenance(settings: "", runs: [run]), threads: 2)
  }

  @Test func aMethodOfOnesOwnIsFittedSavedLoadedAndFollowed() throws {
    DetectionMethod.register(LargestDeviation.self)
    DetectionMethod.register(LargestDeviation.self)
    #expect(DetectionMethod.names == ["calibrated surprise", "sum of four", "largest deviation"])
    let fitted = try detector(method: "largest deviation")
    #expect(fitted.method(ofRole: "host") == "largest deviation")
    try withTemporaryFolder { folder in
      try fitted.write(to: RunFolder(folder).detector)
      let read = try FittedDetector(contentsOf: folder)
      let whole = try fitted.scores(of: fleet.run(), pieces: 200)
      let pieces = try read.scores(of: fleet.run(), pieces: 7)
      for (entity, scores) in whole { #expect(scores.map(\.bitPattern) == pieces[entity]!.map(\.bitPattern)) }

      var monitor = Monitor(read)
      _ = try monitor.push(fleet.run().selecting(samples: 0..<101))
      try monitor.write(to: "\(folder)/state")
      var restored = try Monitor(restoring: "\(folder)/state", detector: read)
      let rest = try restored.push(fleet.run().selecting(samples: 101..<200)).series
      for series in rest { #expect(series.scores == Array(whole[series.entity]![101...])) }

      let incidents = try read.detect(in: [fleet.run()], threads: 1).incidents[0]
      #expect(incidents.contains { $0.samples.overlaps(90..<120) && $0.evidence.entities.first?.entity == "c0/host2" })
    }
  }

  @Test func methodsOfThisLibraryCanBeNamed() throws {
    #expect(try detector(method: "sum of four").method(ofRole: "host") == "sum of four")
    #expect(try detector(method: "calibrated surprise").method(ofRole: "host") == "calibrated surprise")
  }

  @Test func anUnknownMethodIsAnError() {
    let error = #expect(throws: DiagnosisError.self) { try detector(method: "sum of for") }
    #expect(error?.description.contains("there is no method of detection 'sum of for'") == true)
    #expect(error?.description.contains("did you mean 'sum of four'?") == true, "\(error?.description ?? "")")
  }

  @Test func tooLittleTimeForTheNamedMethodIsAnError() {
    let run = Fleet(sampleCount: 100).run(named: "short")
    let error = #expect(throws: DiagnosisError.self) {
      try FittedDetector(
        cleanTime: [run], policy: AlarmPolicy(), method: "sum of four",
        provenance: Provenance(settings: "", runs: [run]), threads: 1)
    }
    #expect(error?.description.contains("needs parts of 200 clean samples, one of run 'short' has 100") == true)
  }
}
