import StrataEvaluation
import StrataExperiments
import Testing

@Suite struct ResultRowTests {
  private let row = ResultRow(
    data: "asd", method: "l2-norm", seed: 3, entity: "asd/omi-1", values: [.vusPR: 0.25, .foundEvents: 2, .events: 3])

  @Test func rowsSurviveText() throws {
    let parsed = try ResultRow.parse(ResultRow.text(of: [row]), source: "runs.csv")
    #expect(parsed == [row])
  }

  @Test(arguments: [
    ("a,b\n", "runs.csv:1: the header is not"),
    ("\(ResultRow.header)\nasd,m,1,e\n", "runs.csv:2: expected"),
    (
      "\(ResultRow.header)\nasd,m,1,e,x\(String(repeating: ",", count: Metric.rowColumns.count - 1))\n",
      "runs.csv:2: 'x' in column 'vus_pr'"
    ),
  ])
  func damagedRowsNameTheirLine(text: String, message: String) {
    let error = #expect(throws: ExperimentError.self) { try ResultRow.parse(text, source: "runs.csv") }
    #expect(error?.description.hasPrefix(message) == true, "\(String(describing: error))")
  }
}

@Suite struct ResultTableTests {
  private func rows(_ method: String, _ values: [Double], seeds: [UInt64] = [1, 2]) -> [ResultRow] {
    seeds.flatMap { seed in
      values.enumerated().map { index, value in
        ResultRow(
          data: "d", method: method, seed: seed, entity: "e\(index)",
          values: [
            .vusPR: value, .vusROC: value, .averagePrecision: value, .areaUnderROC: value, .foundEvents: Double(index),
            .falseAlarms: 1, .events: 2, .hitRate: value, .culpritEvents: Double(index + 1),
          ])
      }
    }
  }

  @Test func methodsAreOrderedByTheirMeanAndComparedInPairs() throws {
    let table = try ResultTable(
      rows("a", [0.2, 0.4]) + rows("ours", [0.5, 0.7]) + rows("b", [0.3, 0.5], seeds: [1]), first: "ours",
      resamples: 200)
    #expect(table.lines.map(\.method) == ["ours", "b", "a"])
    #expect(table.lines.map(\.seedCount) == [2, 1, 2])
    let best = try #require(table.lines[0].columns[.vusPR]).estimate
    #expect(abs(best - 0.6) < 1e-12)
    #expect(table.gains.count == 1 && table.gains[0].against == "b")
    // The difference is 0.2 on both entities, so drawing them anew changes nothing.
    let interval = table.gains[0].interval
    #expect(abs(interval.lower - 0.2) < 1e-12)
    #expect(abs(interval.upper - 0.2) < 1e-12)
  }

  @Test func eventsCountTogetherAndHitRatesByEvent() throws {
    let line = try ResultTable(rows("ours", [0.5, 0.8]), first: "ours", resamples: 100).lines[0]
    // One of four events found, two false alarms: F1 = 2 / (4 + 1 + 2).
    let eventF1 = try #require(line.columns[.eventF1]).estimate
    #expect(abs(eventF1 - 2.0 / 7) < 1e-12)
    let hitRate = try #require(line.columns[.hitRate]).estimate
    #expect(abs(hitRate - 2.1 / 3) < 1e-12)
  }

  @Test func theTableIsMarkdown() throws {
    let text = try ResultTable(rows("ours", [0.5, 0.5]), first: "ours", resamples: 100).markdown
    #expect(text.contains("| ours | 2 | 0.500 [0.500, 0.500] |"))
  }
}
