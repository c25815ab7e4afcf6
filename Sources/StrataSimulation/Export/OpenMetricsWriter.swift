public import StrataTensor

/// Writes the scrapes of a run to one OpenMetrics file, which `promtool tsdb create-blocks-from openmetrics` reads.
///
/// ```swift
/// var writer = try OpenMetricsWriter(path: "run.om")
/// let power = MetricFamily("DCGM_FI_DEV_POWER_USAGE", .gauge, unit: "W", help: "Power draw")
/// let series = writer.addSeries(of: power, labels: .dcgm(gpu))
/// try writer.append(412.5, to: series, at: 1_700_000_000)
/// try writer.complete()
/// ```
///
/// OpenMetrics wants the samples of a family, and in it those of a series, side by side, while a run yields them scrape by
/// scrape. promtool reads interleaved families too, but stricter readers do not, so samples wait in a nameless file beside
/// the destination and are sorted when the run ends. Memory is one kilobyte per series, however long the run. The
/// destination appears, whole, in ``complete()``; a writer that is given up leaves nothing behind.
///
/// Reference: OpenMetrics 1.0, <https://prometheus.io/docs/specs/om/open_metrics_spec/>.
public struct OpenMetricsWriter: ~Copyable {
  /// A series of this writer.
  public struct Series: Hashable, Sendable {
    let index: Int
  }

  private struct Member: Hashable {
    var family: Int
    var labels: LabelSet
  }

  private let path: String
  private var spool: SampleSpool
  private var families: [MetricFamily] = []
  private var familyIndices: [String: Int] = [:]
  private var members: [Member] = []
  private var known: Set<Member> = []
  private var isCounter: [Bool] = []

  /// - Parameter path: Where the file will be; its folder exists.
  /// - Throws: `FileError` when no file can be created there.
  public init(path: String) throws(FileError) {
    self.path = path
    spool = try SampleSpool(for: path)
  }

  /// Adds a series; families and series stand in the file in the order in which they were added.
  ///
  /// - Precondition: The series is new, and its family is the same as that of every other metric of that name.
  public mutating func addSeries(of family: MetricFamily, labels: LabelSet) -> Series {
    let name = family.familyName
    let index = familyIndices[name] ?? families.count
    if index == families.count {
      families.append(family)
      familyIndices[name] = index
    }
    require(families[index] == family, "OpenMetricsWriter: the family '\(name)' has two meanings")
    let member = Member(family: index, labels: labels)
    require(
      known.insert(member).inserted,
      "OpenMetricsWriter: the series \(family.name)\(String(decoding: labels.text, as: UTF8.self)) was added twice")
    members.append(member)
    isCounter.append(family.exposedType == "counter")
    spool.addSeries()
    return Series(index: members.count - 1)
  }

  /// Appends a sample. A missing sample is one that is not appended; NaN is a value.
  ///
  /// - Parameters:
  ///   - value: Any number, of a family that is exposed as a counter a finite one that is not negative.
  ///   - series: A series of this writer.
  ///   - seconds: The time of the scrape since 1970, which is rounded to the milliseconds that Prometheus keeps.
  /// - Returns: False when the series has a sample of that millisecond or a later one: such a sample is dropped, as
  ///   Prometheus would drop it.
  /// - Throws: `FileError` when the disk is full.
  @discardableResult
  public mutating func append(_ value: Double, to series: Series, at seconds: Double) throws(FileError) -> Bool {
    require(seconds.magnitude < 1e12, "OpenMetricsWriter: \(seconds) is not a time")
    require(
      !isCounter[series.index] || (value >= 0 && value < .infinity), "OpenMetricsWriter: \(value) is not a count")
    return try spool.append(
      SampleSpool.Sample(milliseconds: Int((seconds * 1000).rounded()), value: value), to: series.index)
  }

  /// Writes the file and gives it its name.
  ///
  /// - Throws: `FileError` when the disk is full or the file cannot be replaced; the destination is then as it was.
  /// - Complexity: O(samples · length of the labels) in time.
  public consuming func complete() throws(FileError) {
    try spool.flush()
    var membersByFamily = [[Int]](repeating: [], count: families.count)
    for (index, member) in members.enumerated() { membersByFamily[member.family].append(index) }
    var file = try AsideFile(for: path)
    for (family, series) in zip(families, membersByFamily) {
      family.writeComments(to: &file.text)
      for index in series {
        let prefix = Array(family.name.utf8) + members[index].labels.text + " ".utf8
        try spool.forEachSample(of: index) { (samples) throws(FileError) in
          for sample in samples {
            file.text.append(prefix)
            file.text.append(shortest: sample.value)
            file.text.append(byte: UInt8(ascii: " "))
            Self.append(milliseconds: sample.milliseconds, to: &file.text)
            file.text.append(byte: UInt8(ascii: "\n"))
          }
          try file.flushIfFull()
        }
      }
    }
    file.text.append("# EOF\n")
    try file.complete()
  }

  /// Prometheus multiplies the seconds that it reads by a thousand and cuts the rest off, so the text must not lie below
  /// the millisecond that it means.
  private static func append(milliseconds: Int, to text: inout TextBuffer) {
    let seconds = Double(milliseconds) / 1000
    if Int(seconds * 1000) == milliseconds {
      text.append(thousandths: milliseconds)
    } else {
      text.append(shortest: milliseconds < 0 ? seconds.nextDown : seconds.nextUp)
    }
  }
}
