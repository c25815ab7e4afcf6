import StrataTelemetry
import TestSupport
import Testing

private func column(
  _ name: String, _ layer: TelemetryLayer = .compute, kind: Channel.Kind = .gauge, entity: EntityPath? = nil
) -> CSVMapping.Column {
  CSVMapping.Column(column: name, layer: layer, channel: Channel(name: name, kind: kind), entity: entity)
}

/// Imports a table in memory of one row per host.
private func importing(
  _ text: String, columns: [CSVMapping.Column] = [column("load"), column("sent", .data)],
  _ change: (inout CSVMapping) -> Void = { _ in }
) throws -> Run {
  var mapping = CSVMapping(interval: 10, timeColumn: "t", entity: .column("host", inside: "c0"), columns: columns)
  change(&mapping)
  let importer = CSVImporter(mapping: mapping, bytes: Array(text.utf8), source: "logs/hosts.csv.gz")
  return try importer.run(named: importer.runNames[0])
}

private func problem(_ text: String, _ change: (inout CSVMapping) -> Void = { _ in }) -> String {
  do { return "read \(try importing(text, columns: [column("load"), column("sent", .data)], change).name)" } catch {
    return "\(error)"
  }
}

private func series(_ run: Run, _ layer: TelemetryLayer, _ entity: Int, _ channel: Int = 0) -> [Float?] {
  run[layer]!.series(entity: entity, channel: channel).map { $0.isNaN ? nil : $0 }
}

@Suite struct CSVImporterTests {
  @Test func rowsGoToTheNearestSampleOfTheirEntity() throws {
    let run = try importing("t,host,load,sent\n100,b,1,10\n100,a,2,20\n109.5,a,3,30\n131,b,4,\n128,a,nan,60\n")
    #expect(run.name == "hosts" && run.start == 100 && run.interval == 10 && run.sampleCount == 4)
    #expect(run.entities == ["c0/a", "c0/b"])
    #expect(series(run, .compute, 0) == [2, 3, nil, nil])
    #expect(series(run, .compute, 1) == [1, nil, nil, 4])
    #expect(series(run, .data, 0) == [20, 30, nil, 60])
    #expect(series(run, .data, 1) == [10, nil, nil, nil])
  }

  @Test func columnsMayBelongToPartsOfAnEntity() throws {
    let columns = ["gpu0", "gpu1"].map { part in
      CSVMapping.Column(
        column: "temp_\(part)", layer: .physical, channel: Channel(name: "temp"), entity: EntityPath([part]))
    }
    let run = try importing("t,temp_gpu0,temp_gpu1\n0,40,50\n10,41,51\n", columns: columns) {
      $0.entity = .path("c0/h1")
    }
    #expect(run.entities == ["c0/h1/gpu0", "c0/h1/gpu1"])
    #expect(series(run, .physical, 0) == [40, 41] && series(run, .physical, 1) == [50, 51])
  }

  @Test func whatMeansMissingIsMissing() throws {
    let text = "t,host,load,sent\n0,a,9223372036854775792,-1\n10,a,2147483632,N/A\n20,a,inf,5\n30,a,140737488355329,6\n"
    let run = try importing(text) { $0.missing = ["-1", "N/A"] }
    #expect(series(run, .compute, 0) == [nil, nil, nil, nil])
    #expect(series(run, .data, 0) == [nil, nil, 5, 6])
    let numbers = try importing(text) { ($0.missing, $0.blanksAreMissing) = (["-1", "N/A"], false) }
    #expect(series(numbers, .compute, 0) == [0x1p63, 0x1p31, nil, 140_737_488_355_328])
  }

  @Test func countersOfEveryEntityBecomeRates() throws {
    let text =
      "t,host,load,sent\n0,a,1,100\n0,b,1,7000000000\n10,a,1,150\n10,b,1,7000000010\n20,a,1,10\n20,b,1,7000000010\n"
    let run = try importing(text, columns: [column("load"), column("sent", .data, kind: .counter)])
    #expect(series(run, .data, 0) == [nil, 5, nil] && series(run, .data, 1) == [nil, 1, 0])
    #expect(run[.data]!.channels[0].kind == .rate)
  }

  @Test func timesAreReadInEveryFormat() throws {
    let stamps = ["2026-03-01T12:00:00Z", "2026-03-01 12:00:10", "2026-03-01T14:30:20.25+02:30"]
    let text = "t,host,load,sent\n" + stamps.map { "\($0),a,1,2\n" }.joined()
    let run = try importing(text) { $0.timeFormat = .iso8601 }
    #expect(run.start == 1_772_366_400 && run.sampleCount == 3)
    let milliseconds = try importing("t,host,load,sent\n1500,a,1,2\n") {
      $0.timeFormat = .unixMilliseconds
    }
    #expect(milliseconds.start == 1.5)
    let microseconds = try importing("t,host,load,sent\n1500000,a,1,2\n") { $0.timeFormat = .unixMicroseconds }
    #expect(microseconds.start == 1.5)
    let nanoseconds = try importing("t,host,load,sent\n1500000000,a,1,2\n") { $0.timeFormat = .unixNanoseconds }
    #expect(nanoseconds.start == 1.5)
    let slashes = try importing("t,host,load,sent\n2026/03/01 12:00:00.500,a,1,2\n") { $0.timeFormat = .iso8601 }
    #expect(slashes.start == 1_772_366_400.5)
  }

  @Test(arguments: [
    "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00X",
    "26-01-01T00:00:00Z", "2026-01/01T00:00:00Z", "2026-01-01T00:00:00+25:00", "2026-01-01T00:00:00.Z",
  ])
  func textsThatAreNoTimesAreErrors(_ text: String) {
    #expect(
      problem("t,host,load,sent\n\(text),a,1,2\n") { $0.timeFormat = .iso8601 }
        == "logs/hosts.csv.gz:2: '\(text)' in column 't' is not a time such as 2026-03-01T12:30:00Z")
  }

  @Test func unmappedColumnsAreErrorsUnlessIgnored() throws {
    let text = "t,host,load,sent,note,extra\n0,a,1,2,x,3\n"
    #expect(
      problem(text) == "logs/hosts.csv.gz:1: columns 'note', 'extra': map to a channel, or list under 'ignore'")
    #expect(try importing(text) { $0.ignored = ["note", "extra"] }.sampleCount == 1)
  }

  @Test func errorsNameTheLine() {
    let header = "t,host,load,sent\n"
    #expect(problem(header) == "logs/hosts.csv.gz: has no rows")
    #expect(
      problem("t,host,lood\n0,a,1\n") { $0.ignored = ["lood"] }
        == "logs/hosts.csv.gz:1: there is no column 'load'; did you mean 'lood'?")
    #expect(problem(header + ",a,1,2\n") == "logs/hosts.csv.gz:2: column 't' has no time")
    #expect(problem(header + "0,a,high,2\n") == "logs/hosts.csv.gz:2: 'high' in column 'load' is not a number")
    #expect(
      problem(header + "0,a//b,1,2\n")
        == "logs/hosts.csv.gz:2: 'a//b' in column 'host' is not an entity path such as host3 or rack1/host3")
    #expect(
      problem(header + "0,a,1,2\n4,a,,3\n")
        == "logs/hosts.csv.gz:3: a second value of 'sent' for 'c0/a' in sample 0, 4.0 s after the start (samples are "
        + "10.0 s apart; 'duplicates: last' takes the last value)")
  }

  @Test func theLastOfTwoRowsMayWin() throws {
    let run = try importing("t,host,load,sent\n0,a,1,2\n4,a,3,4\n") { $0.duplicates = .last }
    #expect(series(run, .compute, 0) == [3])
  }

  @Test func rowsOfOneTimeThatFillDifferentColumnsAreJoined() throws {
    let text = "t,host,load,sent\n0,a,1,\n0,a,,2\n10,a,,4\n10,a,3,\n"
    let run = try importing(text)
    #expect(series(run, .compute, 0) == [1, 3] && series(run, .data, 0) == [2, 4])
  }

  @Test func anEmptyCellReplacesNothing() throws {
    for empty in ["", "nan", "-1", "2147483632", "[N/A]"] {
      let run = try importing("t,host,load,sent\n0,a,1,2\n4,a,\(empty),4\n") {
        ($0.duplicates, $0.missing) = (.last, ["-1"])
      }
      #expect(series(run, .compute, 0) == [1] && series(run, .data, 0) == [4], "\(empty)")
    }
  }

  @Test func blanksAroundNamesTextsAndEntitiesDoNotCount() throws {
    let text = "t , host,load,\" sent\"\n 0, a ,1, x \n10\t,a, 2 ,3\n"
    let run = try importing(text) { ($0.missing, $0.timeColumn) = ([" x"], " t") }
    #expect(run.entities == ["c0/a"])
    #expect(series(run, .compute, 0) == [1, 2] && series(run, .data, 0) == [nil, 3])
  }

  @Test func numbersMayHaveTheirUnit() throws {
    let run = try importing("t,host,load,sent\n0,a,250.00 W,45 %\n10,a,[N/A],45%\n20,a,[Not Supported],7\n")
    #expect(series(run, .compute, 0) == [250, nil, nil] && series(run, .data, 0) == [45, 45, 7])
    let header = "t,host,load,sent\n"
    #expect(
      problem(header + "0,a,250 W,1\n10,a,0.2 kW,1\n")
        == "logs/hosts.csv.gz:3: '0.2 kW' in column 'load' has another unit than the rows before, 'W'")
    #expect(
      problem(header + "0,a,250 kW,1\n") { $0.columns[0].channel = Channel(name: "load", unit: "W") }
        == "logs/hosts.csv.gz:2: '250 kW' in column 'load' is not in the unit 'W' that the mapping gives")
    for text in ["10 k", "10k", "10W", "3 of 5", "10:30", "ten W"] {
      #expect(
        problem(header + "0,a,\(text),1\n")
          == "logs/hosts.csv.gz:2: '\(text)' in column 'load' is not a number")
    }
    for (text, unit) in [("40 C", "Cel"), ("40 MiB", "MiBy"), ("40 MB/s", "MBy/s"), ("40 %", "%")] {
      let run = try importing(header + "0,a,\(text),1\n") {
        $0.columns[0].channel = Channel(name: "load", unit: unit)
      }
      #expect(series(run, .compute, 0) == [40])
    }
  }
}
