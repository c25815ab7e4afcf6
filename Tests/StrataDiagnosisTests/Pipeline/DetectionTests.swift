import StrataDiagnosis
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

@Suite struct DetectionTests {
  private let channels = [ChannelReference(layer: .physical, channel: Channel(name: "c0"))]

  private func runs(intervals: [Double]) -> [Run] {
    intervals.enumerated().map { index, interval in
      Run(name: "run\(index)", start: 100, interval: interval, sampleCount: 0, layers: [])
    }
  }

  /// Three alarms over the threshold: two of one incident, though their gap is longer than one alarm's.
  private var scores: DetectorScores {
    var test = [Float](repeating: 0, count: 300)
    for sample in [10, 12, 40] { test[sample] = 100 }
    return DetectorScores(
      validation: [scored((0..<1000).map { Float($0 % 97) / 97 })],
      test: [scored(test, contributions: NDArray([300, 1], test)), scored([Float](repeating: 0, count: 300), run: 1)])
  }

  @Test func scoresBecomeIncidents() throws {
    let policy = AlarmPolicy(budget: 10, mergeGap: 60)
    let detection = try Detection(scores, runs: runs(intervals: [60, 60]), channels: channels, policy: policy)
    #expect(detection.incidents.map(\.samples) == [10..<13, 40..<41])
    #expect(detection.alarms.map(\.samples) == [10..<13, 40..<41])
    #expect(detection.scores.threshold == (try policy.threshold(calibration: scores.validation, interval: 60)))
    #expect(detection.scores.sources.map(\.name) == ["run0", "run1"] && detection.scores.series.count == 2)
    #expect(detection.incidents[0].suspects.map(\.entity) == [scores.test[0].entity])
    #expect(detection.validation.count == 1 && detection.alarms[0].culprits[0].channel == channels[0])
  }

  @Test func runsOfDifferentIntervalsAreAnError() {
    #expect(throws: DiagnosisError("the runs are sampled every [30.0, 60.0] s; a threshold is for one interval")) {
      try Detection(scores, runs: runs(intervals: [60, 30]), channels: channels, policy: AlarmPolicy())
    }
  }

  @Test func tooLittleValidationTimeIsAnError() {
    var short = scores
    short.validation = [scored([1, 2, 3])]
    #expect(throws: DiagnosisError("a threshold needs at least 100 scores of normal time, found 3")) {
      try Detection(short, runs: runs(intervals: [60, 60]), channels: channels, policy: AlarmPolicy())
    }
  }
}

@Suite struct ScoredTelemetryTests {
  private var sample: ScoredTelemetry {
    let run = Run(name: "night", start: 7, interval: 30, sampleCount: 0, layers: [])
    let channels = ["heat", "power"].map { ChannelReference(layer: .physical, channel: Channel(name: $0, unit: "W")) }
    return ScoredTelemetry(
      sources: [ScoredTelemetry.Source(run)], channels: channels,
      series: [
        ScoreSeries(
          run: 0, entity: "c0/host0", samples: 20..<23, scores: [1, -2, 0.1],
          contributions: NDArray([3, 2], [1, 2, 3, 4, 5, 6])),
        ScoreSeries(run: 0, entity: "c0/host1", samples: 21..<22, scores: [9]),
      ], threshold: 1.25, policy: AlarmPolicy(budget: 3, mergeGap: 90))
  }

  @Test func comesBackFromAFile() throws {
    try withTemporaryFolder { folder in
      try sample.write(to: "\(folder)/scores.safetensors")
      let read = try ScoredTelemetry(contentsOf: "\(folder)/scores.safetensors")
      #expect(read.sources == sample.sources && read.channels == sample.channels)
      #expect(read.threshold == 1.25 && read.policy == sample.policy && read.series.count == 2)
      for (a, b) in zip(read.series, sample.series) {
        #expect(a.run == b.run && a.entity == b.entity && a.samples == b.samples && a.scores == b.scores)
        #expect(a.contributions?.elements == b.contributions?.elements)
      }
    }
  }

  @Test(
    arguments: [
      (nil, [3], "holds no scores that this version can read; make it with 'strata detect'"),
      (
        ("\"format\":1", "\"format\":2"), [3],
        "holds no scores that this version can read; make it with 'strata detect'"
      ),
      (("\"run\":0", "\"run\":4"), [3], "names a run that it does not list"),
      (("[20,23]", "[-9223372036854775808,23]"), [3], "lists the samples -9223372036854775808..<23, which no run has"),
      (("[20,23]", "[20,29]"), [3], "the arrays of 'night:c0/host0' do not have the listed samples"),
      (("", ""), [4], "the arrays of 'night:c0/host0' do not have the listed samples"),
    ] as [((String, String)?, Shape, String)])
  func damagedFilesAreErrors(edit: (old: String, new: String)?, shape: Shape, problem: String) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/scores.safetensors"
      try sample.write(to: path)
      let file = try SafetensorsFile(contentsOf: path)
      let arrays = try file.names.map { name in
        (name, name == "night:c0/host0/scores" ? NDArray(shape, repeating: 1) : try file.array(named: name))
      }
      let metadata = edit.map { ["strata": file.metadata["strata"]!.replacing($0.old, with: $0.new)] }
      try SafetensorsFile.write(arrays, metadata: metadata ?? [:], to: path)
      #expect(throws: RunFolderError(problem, at: path)) { try ScoredTelemetry(contentsOf: path) }
    }
  }
}
