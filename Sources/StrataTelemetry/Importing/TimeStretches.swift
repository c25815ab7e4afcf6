/// Where the times of a table lie: a few stretches, with the lines of the rows at their ends.
///
/// The stretches that lie closest together are joined when there are too many. A gap that is joined is at most an eighth
/// of the whole span, so a wider one is found exactly, whatever the order and the number of rows.
struct TimeStretches {
  /// A span of time without a row in it.
  struct Gap {
    let start: Double
    let end: Double
    /// The row at the end of the gap that fewer rows lie beyond.
    let line: Int
    /// Whether that row lies after the gap.
    let isAfter: Bool

    var length: Double { end - start }
  }

  private struct Stretch {
    var first: Double
    var last: Double
    var firstLine: Int
    var lastLine: Int
    var rowCount = 1
  }

  private static let limit = 8
  private var stretches: [Stretch] = []
  /// How many rows there are.
  private(set) var rowCount = 0

  /// The earliest and the latest time; `nil` without rows.
  var bounds: ClosedRange<Double>? {
    stretches.isEmpty ? nil : stretches[0].first...stretches[stretches.count - 1].last
  }

  mutating func add(_ seconds: Double, line: Int) {
    rowCount += 1
    let place = stretches.firstIndex { seconds <= $0.last } ?? stretches.count
    if place < stretches.count, seconds >= stretches[place].first {
      stretches[place].rowCount += 1
      return
    }
    stretches.insert(Stretch(first: seconds, last: seconds, firstLine: line, lastLine: line), at: place)
    if stretches.count > Self.limit { joinClosest() }
  }

  private mutating func joinClosest() {
    let place = (1..<stretches.count).min { gap(before: $0) < gap(before: $1) }!
    let later = stretches.remove(at: place)
    (stretches[place - 1].last, stretches[place - 1].lastLine) = (later.last, later.lastLine)
    stretches[place - 1].rowCount += later.rowCount
  }

  private func gap(before place: Int) -> Double { stretches[place].first - stretches[place - 1].last }

  /// The widest gap; `nil` when there is none.
  var widestGap: Gap? {
    guard let place = (1..<max(stretches.count, 1)).max(by: { gap(before: $0) < gap(before: $1) }) else { return nil }
    let rowsBefore = stretches[..<place].reduce(0) { $0 + $1.rowCount }
    let isAfter = rowCount - rowsBefore <= rowsBefore
    return Gap(
      start: stretches[place - 1].last, end: stretches[place].first,
      line: isAfter ? stretches[place].firstLine : stretches[place - 1].lastLine, isAfter: isAfter)
  }
}
