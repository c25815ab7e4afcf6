import StrataEvaluation
import StrataTensor

/// Whether a classifier can tell two sets of samples apart: real from simulated telemetry, or runs that will fail from
/// runs that will not.
///
/// The classifier is Fisher's linear discriminant on standardised features and their squares. It is fitted on all folds
/// but one and scores that one, so an area under the ROC curve of one half means that nothing was found.
///
/// Reference: Lopez-Paz and Oquab, "Revisiting Classifier Two-Sample Tests", ICLR 2017.
public struct TwoSampleTest: Sendable {
  /// One sample.
  public struct Sample: Hashable, Sendable {
    /// What the classifier sees.
    public var features: [Double]
    /// Samples of one group fall into one fold, because they are not independent: windows of one host, of one run.
    public var group: Int

    /// A sample.
    public init(features: [Double], group: Int) { (self.features, self.group) = (features, group) }
  }

  /// The area under the ROC curve over the samples of all folds.
  public let areaUnderROC: Double

  /// Tells `first` from `second`.
  ///
  /// - Parameters:
  ///   - first: The features of each sample of one set.
  ///   - second: The features of each sample of the other.
  ///   - folds: How many parts; the groups of either set take turns.
  ///   - ridge: What is added to the variance of the standardised features.
  /// - Precondition: Both sets have a sample in every fold, and all samples have equally many features.
  public init(_ first: [Sample], _ second: [Sample], folds: Int = 5, ridge: Double = 1e-3) throws {
    let samples = first + second
    let labels = first.map { _ in false } + second.map { _ in true }
    let width = samples.first?.features.count ?? 0
    require(
      width > 0 && samples.allSatisfy { $0.features.count == width }, "TwoSampleTest: samples differ in their features")
    let places = [first, second].map { set in
      let groups = Set(set.map(\.group)).sorted()
      require(groups.count >= folds, "TwoSampleTest: \(groups.count) groups for \(folds) folds")
      return Dictionary(uniqueKeysWithValues: groups.enumerated().map { ($1, $0 % folds) })
    }
    let fold = zip(samples, labels).map { places[$1 ? 1 : 0][$0.group]! }
    let rows = Self.expanded(samples.map(\.features))
    var scores = [Double](repeating: 0, count: samples.count)
    for held in 0..<folds {
      let training = samples.indices.filter { fold[$0] != held }
      let weights = try Self.discriminant(training.map { rows[$0] }, training.map { labels[$0] }, ridge)
      for index in samples.indices where fold[index] == held {
        scores[index] = zip(rows[index], weights).reduce(0) { $0 + $1.0 * $1.1 }
      }
    }
    areaUnderROC = try StrataEvaluation.areaUnderROC(scores: scores, labels: labels)
  }

  /// Standardised features, and their squares standardised again; those without variance are zero.
  private static func expanded(_ rows: [[Double]]) -> [[Double]] {
    let standard = standardised(rows)
    let squares = standardised(standard.map { $0.map { $0 * $0 } })
    return zip(standard, squares).map { $0 + $1 }
  }

  private static func standardised(_ rows: [[Double]]) -> [[Double]] {
    let count = Double(rows.count)
    var result = rows
    for column in rows[0].indices {
      let mean = rows.reduce(0) { $0 + $1[column] } / count
      let variance = rows.reduce(0) { $0 + ($1[column] - mean) * ($1[column] - mean) } / count
      let scale = variance > 1e-24 * max(1, mean * mean) ? 1 / variance.squareRoot() : 0
      for row in rows.indices { result[row][column] = (rows[row][column] - mean) * scale }
    }
    return result
  }

  /// The direction that separates the means best, relative to the variance within the sets.
  private static func discriminant(_ rows: [[Double]], _ labels: [Bool], _ ridge: Double) throws -> [Double] {
    let width = rows[0].count
    let means = [false, true].map { label in
      let members = zip(rows, labels).filter { $0.1 == label }.map(\.0)
      return (0..<width).map { column in members.reduce(0) { $0 + $1[column] } / Double(members.count) }
    }
    var scatter = Matrix(rows: width, columns: width, repeating: 0)
    for (row, label) in zip(rows, labels) {
      let centred = zip(row, means[label ? 1 : 0]).map { $0 - $1 }
      // Only the lower triangle is read.
      for i in 0..<width { for j in 0...i { scatter[i, j] += centred[i] * centred[j] / Double(rows.count) } }
    }
    for i in 0..<width { scatter[i, i] += ridge }
    var difference = Matrix(rows: width, columns: 1, repeating: 0)
    for i in 0..<width { difference[i, 0] = means[1][i] - means[0][i] }
    let solution = try choleskySolve(scatter, difference)
    return (0..<width).map { solution[$0, 0] }
  }
}
