/// Why a metric is not defined for what it was given.
public enum EvaluationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Two sequences that describe the same samples have different lengths.
  case lengthsDiffer(first: String, firstCount: Int, second: String, secondCount: Int)
  /// Nothing to evaluate.
  case empty
  /// No sample, or no culprit, is labelled: recall is not defined.
  case noPositives
  /// Every sample is labelled: false alarms are not defined.
  case noNegatives
  /// The score at this index is NaN, which has no rank.
  case notANumber(index: Int)
  /// The score at this index is infinite where thresholds are spread evenly between the extremes.
  case notFinite(index: Int)

  public var description: String {
    switch self {
    case .lengthsDiffer(let first, let firstCount, let second, let secondCount):
      "\(firstCount) \(first) do not match \(secondCount) \(second)"
    case .empty: "there is nothing to evaluate"
    case .noPositives: "nothing is labelled positive, so recall is not defined"
    case .noNegatives: "everything is labelled positive, so false alarms are not defined"
    case .notANumber(let index): "the score at index \(index) is not a number"
    case .notFinite(let index): "the score at index \(index) is not finite"
    }
  }

  /// Throws `lengthsDiffer` unless both counts are equal.
  static func requireEqualCounts(
    _ first: String, _ firstCount: Int, _ second: String, _ secondCount: Int
  ) throws(EvaluationError) {
    if firstCount != secondCount {
      throw .lengthsDiffer(first: first, firstCount: firstCount, second: second, secondCount: secondCount)
    }
  }
}
