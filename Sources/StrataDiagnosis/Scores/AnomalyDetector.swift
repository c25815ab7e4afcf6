public import StrataTelemetry

/// A method that learns what is normal from training time and scores any time.
///
/// Fitting takes a `WindowSource`, which only a training split can make: no detector can be fitted to test data.
public protocol AnomalyDetector: Sendable {
  /// What tables call it.
  var name: String { get }

  /// Learns what is normal from `training`, and how large its own scores are in normal time from `validation`.
  ///
  /// The result does not depend on `threads`.
  ///
  /// - Throws: ``DiagnosisError`` when an entity of `validation` is not in `training`; `LinearAlgebraError` when a
  ///   decomposition fails.
  mutating func fit(
    to training: WindowSource, validation: WindowSet<ValidationSplit>, threads: Int) throws

  /// Scores every sample of every segment, in the order of the segments. No score is NaN.
  ///
  /// The result does not depend on `threads`.
  ///
  /// - Throws: ``DiagnosisError`` when an entity was not in training.
  /// - Precondition: `fit` was called.
  func score<Split>(_ windows: WindowSet<Split>, threads: Int) throws -> [ScoreSeries]
}

/// Why telemetry could not be diagnosed.
public struct DiagnosisError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong, and where.
  public let description: String

  /// An error with this description.
  public init(_ description: String) { self.description = description }
}
