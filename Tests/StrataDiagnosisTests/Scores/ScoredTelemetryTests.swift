import StrataDiagnosis
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

@Suite struct ScoredTelemetryTests {
  private var sample: ScoredTelemetry {
    let run = Run(name: "night", start: 7, interval: 30, sampleCount: 0, layers: [])
    let channels = ["heat", "power"].map { ChannelReference(layer: .physical, channel: Channel(name: $0, unit: "W")) }
    return ScoredTelemetry(
      sources: [ScoredTelemetry.Source(run)],
      series: [
        ScoreSeries(
          run: 0, entity: "c0/host0", samples: 20..<23, scores: [1, -2, 0.1],
          contributions: NDArray([3, 2], [1, 2, 3, 4, 5, 6]), channels: channels, threshold: 1.25, alarms: [21..<23]),
        ScoreSeries(run: 0, entity: "c0/host1", samples: 21..<22, scores: [9]),
      ], policy: AlarmPolicy(budget: 3, mergeGap: 90))
  }

  @Test func comesBackFromAFile() throws {
    try withTemporaryFolder { folder in
      try sample.write(to: "\(folder)/scores.safetensors")
      let read = try ScoredTelemetry(contentsOf: "\(folder)/scores.safetensors")
      #expect(read.sources == sample.sources && read.policy == sample.policy && read.series.count == 2)
      for (a, b) in zip(read.series, sample.series) {
        #expect(a.run == b.run && a.entity == b.entity && a.samples == b.samples && a.scores == b.scores)
        #expect(a.channels == b.channels && a.threshold == b.threshold && a.alarms == b.alarms)
        #expect(a.contributions?.elements == b.contributions?.elements)
      }
    }
  }

  @Test(
    arguments: [
      (nil, [3], "holds no scores that this version can read; make it with 'strata detect'"),
      (
        ("\"format\":2", "\"format\":1"), [3],
        "holds no scores that this version can read; make it with 'strata detect'"
      ),
      (("\"run\":0", "\"run\":4"), [3], "names a run that it does not list"),
      (("[20,23]", "[-9223372036854775808,23]"), [3], "lists the samples -9223372036854775808..<23, which no run has"),
      (("[21,23]", "[21,24]"), [3], "lists the samples 20..<23, which no run has"),
      (("\"channels\":0", "\"channels\":2"), [3], "names a list of channels that it does not have"),
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

  @Test func trainingTimeIsLeftOut() {
    let run = Run(
      name: "night", start: 7, interval: 30, sampleCount: 40, layers: [], split: RunSplit(trainingEnd: 22))
    let after = sample.afterTraining(of: [run])
    #expect(after.series.map(\.samples) == [22..<23, 22..<22])
    #expect(after.series[0].scores == [0.1] && after.series[0].alarms == [22..<23])
    #expect(after.series[0].contributions?.elements == [5, 6])
  }

  private func runs(_ intervals: [Double]) -> [Run] {
    intervals.enumerated().map { Run(name: "run\($0)", start: 100, interval: $1, sampleCount: 0, layers: []) }
  }

  /// Scores of any method get alarms by their scores of clean time.
  @Test func methodsAreCalibratedOnCleanTime() throws {
    var test = [Float](repeating: 0, count: 300)
    for sample in [10, 12, 40] { test[sample] = 100 }
    let scores = DetectorScores(
      validation: [scored((0..<1000).map { Float($0 % 97) / 97 })],
      test: [scored(test), scored([Float](repeating: 0, count: 300), run: 1)])
    let policy = AlarmPolicy(budget: 10, mergeGap: 60)
    let calibrated = try ScoredTelemetry(calibrating: scores, of: runs([60, 60]), policy: policy)
    #expect(calibrated.series.map(\.alarms) == [[10..<13, 40..<41], []])
    #expect(calibrated.series[0].scores[10] > calibrated.series[0].threshold)
    #expect(calibrated.series[0].scores[11] < calibrated.series[0].threshold)
    #expect(throws: DiagnosisError("the runs are sampled every [30.0, 60.0] s; a threshold is for one interval")) {
      try ScoredTelemetry(calibrating: scores, of: runs([60, 30]), policy: policy)
    }
    #expect(throws: DiagnosisError("there is no score of clean time to raise alarms by")) {
      try ScoredTelemetry(
        calibrating: DetectorScores(validation: [], test: scores.test), of: runs([60, 60]), policy: policy)
    }
  }
}
