import StrataTelemetry
import Testing

@Suite struct MappingProposalTests {
  private func proposal(_ text: String) throws -> MappingProposal {
    try MappingProposal(of: CSVReader(Array(text.utf8), source: "t.csv"))
  }

  @Test(arguments: [
    ("1750000000", "1750000015", TimestampFormat.unix), ("1750000000000", "1750000015000", .unixMilliseconds),
    ("1750000000000000", "1750000015000000", .unixMicroseconds),
    ("2026-03-01 12:00:00", "2026-03-01 12:00:15", .iso8601),
  ]) func timesAreRecognised(first: String, second: String, format: TimestampFormat) throws {
    let found = try proposal("x,time,host\n1,\(first),a\n2,\(first),b\n3,\(second),a\n4,\(second),b\n")
    #expect(found.time?.column == "time" && found.time?.format == format)
    #expect(found.entity == "host" && found.interval == 15 && found.columns.map(\.column) == ["x"])
  }

  /// Names that are known say layer, kind, unit and meaning.
  @Test(arguments: [
    ("gpu_temp", TelemetryLayer.physical, Channel.Kind.gauge, "Cel", Channel.Meaning.heat),
    ("power_watts", .physical, .gauge, "W", .power), ("tx_bytes_total", .data, .counter, "By", .traffic),
    ("ecc_errors", .physical, .counter, "1", .error), ("cpu_util", .compute, .gauge, "%", .work),
    ("tokens", .application, .gauge, "1", .progress), ("foo", .compute, .gauge, "1", .other),
  ]) func namesSayWhatAChannelIs(
    name: String, layer: TelemetryLayer, kind: Channel.Kind, unit: String, meaning: Channel.Meaning
  ) throws {
    let rows = (0..<20).map { "\(1_750_000_000 + 10 * $0),\(5 * $0)\n" }.joined()
    let column = try #require(try proposal("t,\(name)\n" + rows).columns.first)
    #expect(column.layer == layer && column.channel.unit == unit && column.channel.meaning == meaning)
    #expect(column.channel.kind == kind)
  }

  /// What cannot be told is to be filled in, and never taken for something else.
  @Test func whatIsNotKnownIsSaid() throws {
    let found = try proposal("a,b\n1,x y\n2,\"say \"\"hi\"\"\"\n")
    #expect(found.time == nil && found.entity == "b" && found.interval == nil)
    #expect(found.yaml.contains("time: {column: FILL_IN, format: unix}  # no column looks like times\n"))
    let empty = try proposal("a\n")
    #expect(empty.columns.isEmpty && empty.ignored == ["a"])
    #expect(empty.yaml.contains("entity: {path: c0/host0}  # no column names entities\n"))
  }
}
