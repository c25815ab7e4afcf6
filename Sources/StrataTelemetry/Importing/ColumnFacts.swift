import StrataTensor

/// What the first rows of a column hold, and what its name suggests.
struct ColumnFacts {
  let name: String
  private(set) var texts: [String] = []
  private var (numbers, others, empty) = (0, 0, 0)
  private var (falls, rises) = (0, 0)
  private var last = Double.nan
  private var isWhole = true

  init(name: String) { self.name = name }

  mutating func add(_ text: String) {
    texts.append(text)
    if text.isEmpty || BlankValues.contains(text) {
      empty += 1
    } else if let number = Double(text) ?? MeasuredNumber(text)?.value {
      numbers += 1
      if number < last { falls += 1 }
      if number > last { rises += 1 }
      if number != number.rounded() || number < 0 { isWhole = false }
      last = number
    } else {
      others += 1
    }
  }

  var isNumeric: Bool { numbers > 0 && others <= numbers / 10 }
  var isText: Bool { others > 0 && !isNumeric && timeFormat == nil }

  private var words: [Substring] { name.lowercased().split { !$0.isLetter } }

  private func says(_ parts: String...) -> Bool {
    words.contains { word in parts.contains { part in part.count < 4 ? word == part : word.contains(part) } }
  }

  var saysTime: Bool { says("time", "timestamp", "date", "ts", "t", "epoch") }
  var saysEntity: Bool { says("host", "node", "instance", "machine", "server", "entity", "gpu", "device", "name") }

  /// The format in which all of the column are times between the years 2000 and 2100; `nil` when there is none.
  var timeFormat: TimestampFormat? {
    guard let first = texts.first(where: { !$0.isEmpty }) else { return nil }
    let formats: [TimestampFormat] = [.iso8601, .unix, .unixMilliseconds, .unixMicroseconds, .unixNanoseconds]
    return formats.first { format in
      Self.seconds(first, format).map { (946_684_800..<4_102_444_800).contains($0) } ?? false
    }
  }

  /// The time of a row, if the column holds times.
  func seconds(_ row: Int) -> Double? { timeFormat.flatMap { Self.seconds(texts[row], $0) } }

  private static func seconds(_ text: String, _ format: TimestampFormat) -> Double? {
    guard let units = format.unitsPerSecond else { return TimestampFormat.seconds(iso8601: text) }
    return Double(text).map { $0 / units }
  }

  /// The channel that the name suggests: its layer, kind, unit and meaning.
  var column: CSVMapping.Column {
    let (layer, meaning, unit) = suggestion
    let grows = isWhole && falls <= rises / 10 && rises > numbers / 4
    let isCounter = grows && (says("total", "count", "bytes", "errors", "packets") || meaning == .traffic)
    return CSVMapping.Column(
      column: name, layer: layer,
      channel: Channel(name: name, kind: isCounter ? .counter : .gauge, unit: unit, meaning: meaning))
  }

  private var suggestion: (TelemetryLayer, Channel.Meaning, unit: String) {
    if says("temp", "temperature", "celsius", "fan") { return (.physical, .heat, says("fan") ? "1" : "Cel") }
    if says("power", "watt", "watts") { return (.physical, .power, "W") }
    if says("clock", "freq", "mhz") { return (.physical, .other, says("mhz") ? "MHz" : "1") }
    if says("xid", "ecc", "error", "errors", "retrans", "retransmitted", "drop", "dropped", "discard") {
      return (says("xid", "ecc") ? .physical : .data, .error, "1")
    }
    if says("rx", "tx", "receive", "received", "transmit", "sent", "network", "rcv", "xmit", "read", "written") {
      return (.data, .traffic, "By")
    }
    if says("mem", "memory", "rss", "fb") { return (.compute, .memory, says("bytes") ? "By" : "1") }
    if says("wait", "idle", "stall", "queue") { return (.compute, .wait, says("seconds") ? "s" : "1") }
    if says("loss", "step", "iteration", "tokens", "throughput", "grad", "samples") {
      return (.application, .progress, "1")
    }
    if says("util", "utilization", "busy", "cpu", "load", "active", "work") {
      return (.compute, .work, says("util", "utilization", "percent") ? "%" : "1")
    }
    return (.compute, .other, "1")
  }
}
