/// What SMD and ASD say about the test half of one entity: which rows are anomalous, and which metrics show it.
///
/// The row labels decide when something happened. The interpretation says which dimensions experts blamed, for segments
/// that mostly, but not always, equal a run of labelled rows:
/// - a run that no segment overlaps keeps its rows and has no dimensions;
/// - a run that several segments overlap is divided where each but the first begins, so that each keeps its own dimensions
///   and the labelled rows stay the same;
/// - a segment that overlaps no run is no label; it is counted in `unmatched`.
struct SegmentLabels {
  /// A line of the interpretation: rows, and dimensions counted from zero.
  struct Segment: Equatable {
    var rows: Range<Int>
    var dimensions: [Int]
    /// The rows as the file writes them.
    var text: String
  }

  /// One label: rows, the dimensions blamed, and the text of the segment they come from.
  struct Label {
    var rows: Range<Int>
    var dimensions: [Int] = []
    var segment: String?
  }

  private(set) var labels: [Label] = []
  private(set) var unmatched: [Segment]

  init(rows: [Bool], segments: [Segment]) {
    unmatched = segments
    var start = 0
    while start < rows.count {
      guard rows[start] else {
        start += 1
        continue
      }
      let run = start..<(rows[start...].firstIndex(of: false) ?? rows.count)
      let overlapping = segments.filter { $0.rows.overlaps(run) }.sorted { $0.rows.lowerBound < $1.rows.lowerBound }
      unmatched.removeAll { overlapping.contains($0) }
      if overlapping.isEmpty { labels.append(Label(rows: run)) }
      for (index, segment) in overlapping.enumerated() {
        let first = index == 0 ? run.lowerBound : segment.rows.lowerBound
        let end = index + 1 < overlapping.count ? overlapping[index + 1].rows.lowerBound : run.upperBound
        if first < end {
          labels.append(Label(rows: first..<end, dimensions: segment.dimensions, segment: segment.text))
        }
      }
      start = run.upperBound
    }
  }

  /// Reads labels of the rows: one line per row, 0 or 1.
  static func rows(in path: String, count: Int) throws(TelemetryFileError) -> [Bool] {
    var options = CSVReader.Options()
    options.columns = ["label"]
    var reader = try CSVReader(contentsOf: path, options: options)
    var rows: [Bool] = []
    while try reader.advance() {
      let label = try reader.number(0)
      guard label == 0 || label == 1 else {
        throw reader.error("'\(try reader.text(0))' is not a label, expected 0 or 1")
      }
      rows.append(label == 1)
    }
    guard rows.count == count else {
      throw TelemetryFileError(
        "has \(rows.count) labels, expected one for each of the \(count) test rows", source: path)
    }
    return rows
  }

  /// Reads the interpretation: lines `start-end:dimension,dimension,…`, dimensions counted from one.
  ///
  /// - Parameter endIsInclusive: Whether the row `end` belongs to the segment (ASD) or not (SMD).
  static func segments(
    in path: String, dimensionCount: Int, endIsInclusive: Bool
  ) throws(TelemetryFileError) -> [Segment] {
    var options = CSVReader.Options()
    (options.columns, options.separator) = (["segment", "dimensions"], UInt8(ascii: ":"))
    var reader = try CSVReader(contentsOf: path, options: options)
    var segments: [Segment] = []
    while try reader.advance() {
      let (text, list) = (try reader.text(0), try reader.text(1))
      let bounds = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard bounds.count == 2, let start = bounds[0], let end = bounds[1], start >= 0, end < 1 << 40,
        start < end + (endIsInclusive ? 1 : 0)
      else { throw reader.error("'\(text)' is not a segment of rows such as 1064-1298") }
      var dimensions: [Int] = []
      for field in list.split(separator: ",", omittingEmptySubsequences: false) {
        guard let dimension = Int(field.drop { $0 == " " }), (1...dimensionCount).contains(dimension) else {
          throw reader.error("'\(field)' is not a dimension from 1 to \(dimensionCount)")
        }
        dimensions.append(dimension - 1)
      }
      segments.append(
        Segment(rows: start..<(endIsInclusive ? end + 1 : end), dimensions: dimensions, text: text))
    }
    return segments
  }
}
