import StrataTensor

/// What is odd about the numbers of one column, which a mapping or an exporter may have wrong.
public enum ColumnOddity: Hashable, Sendable {
  /// A running total that falls in so many of its steps: each is taken for a restart, and its sample is missing.
  case falls(column: String, count: Int, steps: Int)
  /// A share in per cent that goes beyond a hundred.
  case beyondHundredPercent(column: String, largest: Double, count: Int)

  /// What somebody who imports the table should know, as a sentence.
  public var note: String {
    switch self {
    case .falls(let column, let count, let steps):
      "counter '\(column)' falls in \(count) of \(steps) steps"
        + (count * 10 > steps
          ? ": it is no running total; 'kind: gauge', or 'kind: rate' for a change per second, would fit"
          : ": each is taken for a restart, and the sample is missing")
    case .beyondHundredPercent(let column, let largest, let count):
      "'\(column)' is in per cent and reaches \(largest), above 100 in \(count) \(count == 1 ? "sample" : "samples"): "
        + "correct its unit, or list the text of what is no measurement under 'missing'"
    }
  }
}

/// Looks for odd numbers in one column of one layer, entity by entity.
struct OddityCounter {
  private let column: String
  private let channel: Channel
  private let width: CounterRates.Width
  private var (falls, steps, excesses) = (0, 0, 0)
  private var largest = -Double.infinity

  init(_ column: CSVMapping.Column) { (self.column, channel, width) = (column.column, column.channel, column.width) }

  /// Takes the samples of one entity in time; NaN where missing.
  mutating func add(_ samples: some Sequence<Double>) {
    switch channel.kind {
    case .counter:
      let conversion = CounterRates(interval: 1, width: width)
      var last = Double.nan
      for total in samples where !total.isNaN {
        if !last.isNaN {
          steps += 1
          if conversion.rate(from: last, to: total, samples: 1).isNaN { falls += 1 }
        }
        last = total
      }
    case .gauge where channel.unit == "%" && channel.meaning == .work:
      for value in samples where value > 100 {
        excesses += 1
        largest = max(largest, value)
      }
    default: break
    }
  }

  /// What was found.
  var oddity: ColumnOddity? {
    if falls > 0 { return .falls(column: column, count: falls, steps: steps) }
    return excesses > 0 ? .beyondHundredPercent(column: column, largest: largest, count: excesses) : nil
  }
}
