import StrataEvaluation
import StrataTensor
import TestSupport
import Testing

@Suite struct PredictionMetricsTests {
  @Test(arguments: referenceSeeds) func matchTSBADForGivenPredictions(seed: Int) throws {
    for (index, reference) in try detectionCases(seed: seed).enumerated() {
      let (predictions, labels, expected) = (reference.predictions, reference.labels, reference.predicted)
      func expect(_ actual: Double, _ expected: Double, _ name: String) {
        expectClose(actual, expected, relative: 0, absolute: 1e-12, "case \(index), \(reference.kind), \(name)")
      }
      expect(try pointF1(predictions: predictions, labels: labels), expected.pointF1, "point F1")
      expect(
        try eventF1(predictions: predictions, labels: labels, trimsLastEvent: true), expected.eventF1, "event F1")
      expect(
        try misleadingPointAdjustedF1(predictions: predictions, labels: labels), expected.pointAdjustedF1,
        "point-adjusted F1")
      expect(try rangeF1(predictions: predictions, labels: labels), expected.rangeF1, "range F1")
      let recall = try rangeRecall(of: labels, by: predictions, existenceWeight: 0.2)
      expect(recall.recall, expected.rangeRecall[0], "range recall")
      expect(recall.existence, expected.rangeRecall[1], "existence")
      expect(recall.overlap, expected.rangeRecall[2], "overlap")
      expect(
        try rangeRecall(of: predictions, by: labels, existenceWeight: 0).recall, expected.rangePrecision,
        "range precision")
    }
  }

  @Test(arguments: referenceSeeds) func matchTSBADAtTheOracleThreshold(seed: Int) throws {
    for (index, reference) in try detectionCases(seed: seed).enumerated() {
      let (labels, oracle) = (reference.labels, reference.oracle)
      func expect(
        _ name: String, _ expected: Double, _ measure: ([Bool]) throws(EvaluationError) -> Double
      ) throws {
        expectClose(
          try oracleMaximum(over: reference.scores, of: measure), expected, relative: 0, absolute: 1e-12,
          "case \(index), \(reference.kind), \(name)")
      }
      try expect("event F1", oracle.eventF1) { predictions throws(EvaluationError) in
        try eventF1(predictions: predictions, labels: labels, trimsLastEvent: true)
      }
      try expect("point-adjusted F1", oracle.pointAdjustedF1) { predictions throws(EvaluationError) in
        try misleadingPointAdjustedF1(predictions: predictions, labels: labels)
      }
      try expect("range F1", oracle.rangeF1) { predictions throws(EvaluationError) in
        try rangeF1(predictions: predictions, labels: labels)
      }
    }
  }

  @Test(arguments: referenceSeeds) func volumetricF1MatchesTSBADWithItsCarriedLabels(seed: Int) throws {
    for (index, reference) in try detectionCases(seed: seed).enumerated() {
      let volume = try VolumetricF1(
        predictions: reference.predictions, labels: reference.labels, window: reference.predictedWindow,
        carriesLabels: true)
      let place = "case \(index), \(reference.kind)"
      let expected = reference.predictedMetrics
      expectClose(volume.precision, try #require(expected["VUS-Precision"]), relative: 0, absolute: 1e-10, place)
      expectClose(volume.recall, try #require(expected["VUS-Recall"]), relative: 0, absolute: 1e-10, place)
      expectClose(volume.f1, try #require(expected["VUS-F"]), relative: 0, absolute: 1e-10, place)
    }
  }

  @Test func volumetricF1WithoutAWindowIsPointwise() throws {
    let predictions = [false, true, true, false, true]
    let labels = [true, true, false, false, true]
    let volume = try VolumetricF1(predictions: predictions, labels: labels, window: 0)
    expectClose(volume.f1, try pointF1(predictions: predictions, labels: labels))
  }

  @Test func carriedLabelsGrowBeyondTheDefinition() throws {
    let labels = (0..<40).map { (18..<22).contains($0) }
    let predictions = (0..<40).map { (14..<24).contains($0) }
    let defined = try VolumetricF1(predictions: predictions, labels: labels, window: 12)
    let carried = try VolumetricF1(predictions: predictions, labels: labels, window: 12, carriesLabels: true)
    #expect(carried.precision > defined.precision)
  }

  @Test func theTrimmedLastEventIsTheReferencesMistake() throws {
    let labels = [false, false, false, true]
    #expect(try eventF1(predictions: labels, labels: labels) == 1)
    #expect(try eventF1(predictions: labels, labels: labels, trimsLastEvent: true) == 0)
  }

  @Test func perfectPredictionsAreOneAndNoPredictionsAreZero() throws {
    for labels in everyLabelling(of: 6) where labels.contains(true) {
      let nothing = [Bool](repeating: false, count: 6)
      #expect(try pointF1(predictions: labels, labels: labels) == 1)
      #expect(try eventF1(predictions: labels, labels: labels) == 1)
      expectClose(try rangeF1(predictions: labels, labels: labels), 1)
      #expect(try pointF1(predictions: nothing, labels: labels) == 0)
      #expect(try eventF1(predictions: nothing, labels: labels) == 0)
      #expect(try rangeF1(predictions: nothing, labels: labels) == 0)
      #expect(try misleadingPointAdjustedF1(predictions: nothing, labels: labels) == 0)
      #expect(try VolumetricF1(predictions: nothing, labels: labels, window: 3).f1 == 0)
    }
  }

  @Test func eventAndRangeF1EqualTheirDefinitionsOnEverySmallCase() throws {
    for labels in everyLabelling(of: 6) where labels.contains(true) {
      for predictions in everyLabelling(of: 6) {
        let (trueRanges, predictedRanges) = (eventIntervals(in: labels), eventIntervals(in: predictions))
        let hits = predictions.indices.filter { predictions[$0] && labels[$0] }.count
        let predicted = predictions.filter { $0 }.count
        let found = trueRanges.filter { $0.contains { predictions[$0] } }.count
        let (precision, recall) = (
          predicted == 0 ? 0 : Double(hits) / Double(predicted), Double(found) / Double(trueRanges.count)
        )
        let f1 = precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall)
        expectClose(try eventF1(predictions: predictions, labels: labels), f1)

        let overlap = trueRanges.map { range in
          let touching = predictedRanges.filter { $0.overlaps(range) }.count
          let covered = range.filter { predictions[$0] }.count
          return touching == 0 ? 0 : Double(covered) / Double(range.count) / Double(touching)
        }
        let expected = 0.2 * Double(found) + 0.8 * overlap.reduce(0, +)
        expectClose(
          try rangeRecall(of: labels, by: predictions, existenceWeight: 0.2).recall,
          expected / Double(trueRanges.count))
      }
    }
  }

  @Test func randomScoresFoolPointAdjustmentOnly() throws {
    var generator = Generator(seed: 7)
    let labels = (0..<20_000).map { $0 % 2000 < 200 }
    let scores = labels.map { _ in generator.uniform() }
    let adjusted = try oracleMaximum(over: scores) { predictions throws(EvaluationError) in
      try misleadingPointAdjustedF1(predictions: predictions, labels: labels)
    }
    let event = try oracleMaximum(over: scores) { predictions throws(EvaluationError) in
      try eventF1(predictions: predictions, labels: labels)
    }
    #expect(adjusted > 0.7)
    #expect(event < 0.4)
  }

  @Test func fragmentsOfAnEventCostRangeF1() throws {
    let labels = (0..<30).map { (10..<20).contains($0) }
    let whole = (0..<30).map { (10..<16).contains($0) }
    let pieces = (0..<30).map { [10, 11, 14, 15, 18, 19].contains($0) }
    #expect(
      try rangeF1(predictions: whole, labels: labels) > rangeF1(predictions: pieces, labels: labels))
  }
}
