import StrataExperiments
import TestSupport
import Testing

@Suite struct RealismRowTests {
  private let rows = [
    RealismRow(
      section: "power", quantity: "host power", unit: "W", published: 7000, simulated: 6500,
      range: 6400...6600, limit: 0.1),
    RealismRow(section: "power", quantity: "ratio", published: 0.5, simulated: 0.6, limit: 0.1),
    RealismRow(section: "power", quantity: "spread", unit: "W", published: 50, simulated: 90, limit: nil),
    RealismRow(section: "acme", quantity: "distance", published: nil, simulated: 0.125, limit: 0.15),
  ]

  @Test func deviationsAreRelativeAndDistancesAreNot() {
    #expect(rows.map(\.isWithinLimit) == [true, false, nil, true])
    #expect((rows[0].deviation + 1.0 / 14).magnitude < 1e-12 && rows[3].deviation == 0.125)
  }

  @Test func rowsAreReadAsTheyAreWritten() throws {
    let text = RealismRow.text(of: rows)
    #expect(text.hasPrefix("\(RealismRow.header)\npower,host power,W,7000.0,6500.0,6400.0,6600.0,0.1,yes\n"))
    #expect(try RealismRow.parse(text, source: "realism.csv") == rows)
  }

  @Test func theTableSaysWhatIsOff() {
    #expect(
      rows.markdown == """
        ### power

        | figure | public | simulated | seeds | off by | limit | |
        |---|---:|---:|---|---:|---:|---|
        | host power | 7000 W | 6500 W | 6400 W – 6600 W | −7.1 % | 10 % | within |
        | ratio | 0.5 | 0.6 | 0.6 – 0.6 | 20.0 % | 10 % | **off** |
        | spread | 50 W | 90 W | 90 W – 90 W | 80.0 % | – |  |

        ### acme

        | figure | public | simulated | seeds | off by | limit | |
        |---|---:|---:|---|---:|---:|---|
        | distance | – | – | 0.125 – 0.125 | 0.125 | 0.15 | within |


        """)
  }

  @Test func damagedRowsNameTheirLine() {
    #expect(
      throws: ExperimentError(
        "r.csv:1: the header is not '\(RealismRow.header)'; rerun the experiment")
    ) { try RealismRow.parse("a,b\n", source: "r.csv") }
    #expect(throws: ExperimentError("r.csv:2: expected 9 fields, the fifth a number and the next two a range")) {
      try RealismRow.parse("\(RealismRow.header)\na,b,1,1,2,3,2,,\n", source: "r.csv")
    }
    #expect(throws: ExperimentError("r.csv:3: 'x' is not a number")) {
      try RealismRow.parse("\(RealismRow.header)\na,b,1,1,1,1,1,,\na,b,1,x,1,1,1,,\n", source: "r.csv")
    }
  }

  @Test func seedsBecomeAMeanAndARange() {
    func row(_ value: Double) -> RealismRow {
      RealismRow(section: "a", quantity: "b", published: 2, simulated: value, limit: 0.1)
    }
    #expect(
      RealismRow.merged([[row(1)], [row(4)], [row(1)]])
        == [RealismRow(section: "a", quantity: "b", published: 2, simulated: 2, range: 1...4, limit: 0.1)])
  }

  @Test func aCommaInANameIsAMistake() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = RealismRow.text(of: [RealismRow(section: "a", quantity: "b, c", published: 1, simulated: 1, limit: nil)])
    }
    expectMessage("RealismRow: 'b, c' of 'a' holds a comma or a line end", from: result)
  }

  @Test func signaturesAreComparedWhereSomebodyWaits() {
    func signature(wait: Double) -> StragglerSignature {
      var operations: [TracedOperation] = []
      for replica in 0..<2 {
        func add(_ kind: TracedOperation.Kind, _ start: Double, _ duration: Double) {
          operations.append(
            TracedOperation(
              step: 0, replica: replica, stage: 0, kind: kind, slot: 0, start: start, duration: duration))
        }
        add(.forwardCompute, 0, replica == 0 ? 2 : 1)
        add(.backwardCompute, 2, replica == 0 ? 4 : 2)
        add(.reduceScatter, 6, replica == 0 ? 1 : 1 + wait)
        add(.clip, 9, replica == 0 ? 0.01 : 0.02)
      }
      return StragglerSignature(operations, culprit: .worker(replica: 0, stage: 0))
    }
    let rows = RealismRow.rows("ar", published: signature(wait: 2), simulated: signature(wait: 1.9))
    #expect(rows.map(\.quantity) == ["compute ratio", "step time", "grads-reduce-scatter stage 0"])
    #expect(rows.map(\.isWithinLimit) == [true, true, true])
    #expect((rows[2].deviation + 0.05).magnitude < 1e-9)
  }

  @Test func distributionsAreComparedByTheirDistance() {
    let (a, b) = (MarginalDistribution([1, 2, 3, 4]), MarginalDistribution([1, 2, 2, 2]))
    let rows = RealismRow.rows("acme", "power", unit: "W", published: a, simulated: b, limit: 0.15)
    #expect(rows[0].simulated == 0.5 && rows[0].isWithinLimit == false && rows.count == 4)
    #expect(rows[2].published == 2.5 && rows[2].simulated == 2 && rows[2].isWithinLimit == nil)
  }
}
