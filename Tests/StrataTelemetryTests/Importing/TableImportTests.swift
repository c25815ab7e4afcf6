import StrataTelemetry
import Testing

@Suite struct TableImportTests {
  @Test func rowsThatReplaceOthersAreCounted() throws {
    let imported = try importTable("0,a,1,2\n0,a,3,\n0,a,,\n10,a,1,2\n10,b,1,2\n10,a,2,3\n") {
      $0.duplicates = .last
    }
    #expect(imported.replacedRowCount == 2)
    #expect(imported.notes == ["2 rows replaced values of earlier ones"])
  }

  @Test func aFineIntervalIsNoted() throws {
    let rows = (0..<20).map { "\($0 * 10),a,1,2\n\($0 * 10),b,1,2\n" }.joined()
    #expect(try importTable(rows).notes == [])
    let imported = try importTable(rows) { $0.interval = 1 }
    #expect(imported.rowSpacing == 10)
    #expect(
      imported.notes == [
        "the rows of an entity are mostly 10.0 s apart and samples 1.0 s, so that most samples are missing; "
          + "'interval: 10.0' would fit"
      ])
    // A gap here and there is no spacing.
    #expect(try importTable("0,a,1,2\n10,a,1,2\n20,a,1,2\n80,a,1,2\n").notes == [])
  }

  @Test func theShareOfMissingSamplesIsCounted() throws {
    #expect(try importTable("0,a,1,2\n10,a,1,\n20,a,,\n30,a,1,2\n").run.missingShare == 3.0 / 8)
  }

  @Test(arguments: [
    // The last row, the first one, and one in the middle of a table in another order.
    (["0,a,1,2", "10,a,1,2", "31536010,a,1,2"], 4, "before"),
    (["0,a,1,2", "31536000,a,1,2", "31536010,a,1,2"], 2, "after"),
    (["31536000,a,1,2", "0,b,1,2", "31536010,a,1,2"], 3, "after"),
  ]) func oneGapThatMakesNearlyAllOfTheGridNamesTheRow(rows: [String], line: Int, side: String) throws {
    let text = rows.joined(separator: "\n") + "\n"
    #expect(
      importProblem(text)
        == "t.csv:\(line): no row lies in the 31536000.0 s \(side) this one, so that more than 99 % of the samples would be "
        + "missing; correct the time, divide the table, or set 'sparse: true' in the mapping")
    #expect(try importTable(text) { $0.isSparse = true }.run.sampleCount == 3_153_602)
  }

  @Test func gapsAreFoundAmongManyTimesInAnyOrder() {
    let early = (0..<500).map { "\(($0 * 7919) % 500 * 10),a,1,2" }
    let rows = early[..<250] + ["900000000,a,1,2"] + early[250...]
    #expect(importProblem(rows.joined(separator: "\n")).hasPrefix("t.csv:252: no row lies in the 899995010.0 s before"))
  }

  @Test func aGapThatIsAPauseIsTaken() throws {
    let rows = (0..<20).map { "\($0 < 10 ? $0 * 10 : 10000 + $0 * 10),a,1,2\n" }.joined()
    #expect(try importTable(rows).run.sampleCount == 1020)
  }

  @Test func aFewRowsCannotAskForMuchMemory() {
    // Evenly spaced, so that no gap stands out.
    let rows = (0..<8).map { "\($0 * 500_000_000),a,1,2\n" }.joined()
    #expect(
      importProblem(rows) == "t.csv: needs 350000001 samples of 1 entities and 1 channels, too many for 8 rows; is the "
        + "interval of 10.0 s right? 'sparse: true' in the mapping takes more")
    #expect(importProblem(rows) { $0.isSparse = true }.contains("needs 350000001 samples"))
    #expect(
      importProblem(rows) { $0.interval = 1e-9 }
        == "t.csv:2: its times span 3500000000.0 s, which is too long for samples every 1e-09 s")
  }

  @Test(arguments: [
    (
      "1762160400000000000",
      "looks like nanoseconds since 1970; set 'format: unix-ns' for the times, or correct the row"
    ),
    ("1762160400000", "looks like milliseconds since 1970; set 'format: unix-ms' for the times, or correct the row"),
    ("1e300", "does not lie between the years 1828 and 2112"), ("-5e9", "does not lie between the years 1828 and 2112"),
  ]) func numbersThatAreNoTimesAreNamed(text: String, advice: String) {
    #expect(importProblem("0,a,1,2\n\(text),a,1,2\n") == "t.csv:3: '\(text)' in column 't' \(advice)")
  }

  @Test func oneRowInAnotherUnitIsNamed() {
    #expect(
      importProblem("1762160400000,a,1,2\n1762160410000000,a,1,2\n") { $0.timeFormat = .unixMilliseconds }
        == "t.csv:3: '1762160410000000' in column 't' looks like microseconds since 1970; set 'format: unix-us' for the "
        + "times, or correct the row")
  }

  @Test func datesAmongNumbersAreNamed() {
    #expect(
      importProblem("2025/11/03 09:00:00.114,a,1,2\n")
        == "t.csv:2: '2025/11/03 09:00:00.114' in column 't' is a date; set 'format: iso8601' for the times")
  }

  @Test func countersThatFallAreNoted() throws {
    func notes(_ totals: [Int], width: CounterRates.Width = .unknown) throws -> [String] {
      let rows = totals.enumerated().map { "\($0 * 10),a,1,\($1)\n\($0 * 10),b,1,7\n" }.joined()
      return try importTable(rows) {
        $0.columns[1].channel.kind = .counter
        $0.columns[1].width = width
      }.notes
    }
    #expect(try notes(Array(0..<30)).isEmpty)
    // A restart; and what goes up and down.
    #expect(
      try notes(Array(0..<15) + Array(0..<15)) == [
        "counter 'sent' falls in 1 of 58 steps: each is taken for a restart, and the sample is missing"
      ])
    #expect(
      try notes((0..<30).map { $0 % 3 }) == [
        "counter 'sent' falls in 9 of 58 steps: it is no running total; 'kind: gauge', or 'kind: rate' for a change per "
          + "second, would fit"
      ])
    // A counter of 32 bits that wraps around.
    let wrapping = (0..<10).map { (4_294_967_000 + $0 * 100) % 4_294_967_296 }
    #expect(try notes(wrapping, width: .bits32).isEmpty)
    #expect(try notes(wrapping).count == 1)
  }

  @Test func sharesBeyondAHundredPerCentAreNoted() throws {
    func notes(_ unit: String, _ meaning: Channel.Meaning) throws -> [String] {
      try importTable("0,a,50,1\n10,a,100,1\n20,a,101.5,1\n30,a,808334905,1\n") {
        ($0.columns[0].channel.unit, $0.columns[0].channel.meaning) = (unit, meaning)
      }.notes
    }
    #expect(
      try notes("%", .work) == [
        "'load' is in per cent and reaches 808334905.0, above 100 in 2 samples: correct its unit, or list the text of what "
          + "is no measurement under 'missing'"
      ])
    #expect(try notes("1", .work).isEmpty && notes("%", .heat).isEmpty)
  }
}
