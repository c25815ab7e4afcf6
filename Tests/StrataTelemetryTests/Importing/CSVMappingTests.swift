import StrataTelemetry
import StrataYAML
import TestSupport
import Testing

private let complete = """
  run: nightly
  interval: 15
  time: {column: timestamp, format: iso8601}
  entity: {column: host, inside: c0}
  channels:
    - {column: temp, name: gpu_temperature, layer: physical, unit: Cel, meaning: heat, entity: gpu0}
    - {column: sent, layer: data, kind: counter, unit: By, meaning: traffic, width: 32}
  ignore: [comment]
  missing: ["-1"]
  separator: ";"
  duplicates: last
  sparse: true
  training: 0.5
  """

@Suite struct CSVMappingTests {
  private func mapping(_ text: String) throws -> CSVMapping {
    try withCopy(of: "tables") { folder in
      try write(text, to: "\(folder)/m.yaml")
      return try CSVMapping(contentsOf: "\(folder)/m.yaml")
    }
  }

  private func problem(_ text: String) -> String {
    do { return "read \(try mapping(text))" } catch { return "\(error)".replacing(/^.*\/m\.yaml/, with: "m.yaml") }
  }

  @Test func readsEveryKey() throws {
    let mapping = try mapping(complete)
    #expect(mapping.name == "nightly" && mapping.interval == 15 && mapping.trainingFraction == 0.5)
    #expect(mapping.timeColumn == "timestamp" && mapping.timeFormat == .iso8601)
    #expect(mapping.entity == .column("host", inside: "c0"))
    #expect(
      mapping.columns == [
        CSVMapping.Column(
          column: "temp", layer: .physical, channel: Channel(name: "gpu_temperature", unit: "Cel", meaning: .heat),
          entity: "gpu0"),
        CSVMapping.Column(
          column: "sent", layer: .data,
          channel: Channel(name: "sent", kind: .counter, unit: "By", meaning: .traffic), width: .bits32),
      ])
    #expect(mapping.ignored == ["comment"] && mapping.missing == ["-1"] && mapping.separator == UInt8(ascii: ";"))
    #expect(mapping.duplicates == .last && mapping.counters == .rates && mapping.blanksAreMissing)
    #expect(mapping.isSparse)
  }

  @Test func mistakesNameTheLine() {
    #expect(
      problem(complete.replacing("gpu_temperature, layer", with: "gpu_temperature, layr"))
        == "m.yaml:6: 'channels[0].layer' is missing; did you mean it by 'layr' on line 6?")
    #expect(
      problem(complete.replacing("duplicates: last", with: "duplicate: last"))
        == "m.yaml:11: unknown key 'duplicate'; did you mean 'duplicates'?")
    #expect(
      problem(complete.replacing("layer: data", with: "layer: date"))
        == "m.yaml:7: 'channels[1].layer' must be physical, data, compute or application, found 'date'; did you mean "
        + "'data'?")
    #expect(problem(complete.replacing("interval: 15", with: "interval: 0")).hasPrefix("m.yaml:2: 'interval' must be"))
    #expect(
      problem(complete.replacing("kind: counter", with: "kind: rate"))
        == "m.yaml:7: 'width' is for counters, 'sent' is a rate")
    #expect(
      problem(complete.replacing("ignore: [comment]", with: "ignore: [temp]"))
        == "m.yaml:6: 'temp' is both mapped and ignored")
    #expect(
      problem(complete.replacing("column: sent", with: "column: temp")) == "m.yaml:7: 'temp' is mapped twice")
    #expect(
      problem(complete.replacing("entity: {column: host", with: "entity: {path: c0/host, column: host"))
        == "m.yaml:4: 'entity' has both 'path' and 'column', expected one")
    #expect(
      problem(complete.replacing("separator: \";\"", with: "separator: \"::\""))
        == "m.yaml:10: 'separator' must be one ASCII character other than a quote, found '::'")
  }

  @Test func aTableInPlaceOfTheMappingIsRecognised() {
    #expect(
      problem("t,host,temp\n" + String(repeating: "0,n1,41\n", count: 1000))
        == "m.yaml:1: is no mapping of columns, which is YAML with keys such as 'interval' and 'channels'; is it the table?"
    )
  }

  @Test func longValuesAreShortened() {
    let long = String(repeating: "x", count: 100)
    #expect(
      problem(complete.replacing("interval: 15", with: "interval: \(long)"))
        == "m.yaml:2: 'interval' must be a number, found '\(long.prefix(80))…'")
  }

  @Test func twoColumnsOfOneChannelMustAgree() {
    func two(_ first: String, _ second: String) -> String {
      """
      interval: 1
      time: {column: t}
      entity: {path: c0}
      channels:
        - {column: a, name: load, layer: compute, \(first)}
        - {column: b, name: load, layer: compute, \(second)}
      """
    }
    #expect(
      problem(two("unit: W", "unit: W")) == "m.yaml:6: 'b' and 'a' are both 'compute/load' of the same entity")
    #expect(
      problem(two("entity: x, unit: W", "entity: y, unit: J"))
        == "m.yaml:6: 'compute/load' has another kind, unit or meaning than in column 'a'")
  }
}
