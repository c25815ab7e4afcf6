/// Where a training leaves its files, and what they are called.
///
/// ```
/// config.yaml            the configuration, overrides applied
/// environment.json       seed, hashes of configuration and data, commit, kernels: see Provenance
/// scale.json             how samples become numbers, fitted to training time
/// metrics.jsonl          one line per step
/// events.out.tfevents.*  the same for TensorBoard
/// checkpoints/           what training resumes from
/// model.safetensors      the weights, once training has finished
/// detector.safetensors   the fitted detector: all that scoring needs
/// ```
public struct RunFolder: Hashable, Sendable {
  /// The folder itself.
  public let path: String

  /// Names the folder at this path; nothing is read or made.
  public init(_ path: String) { self.path = path }

  /// The path of the archived configuration.
  public var configuration: String { "\(path)/config.yaml" }
  /// The path of the provenance.
  public var environment: String { "\(path)/environment.json" }
  /// The path of the fitted scale.
  public var scale: String { "\(path)/scale.json" }
  /// The path of the metrics of every step.
  public var metrics: String { "\(path)/metrics.jsonl" }
  /// The path of the folder of checkpoints.
  public var checkpoints: String { "\(path)/checkpoints" }
  /// The path of the fitted detector.
  public var detector: String { "\(path)/\(Self.detectorName)" }
  /// What the file of the fitted detector is called.
  public static let detectorName = "detector.safetensors"
  /// The path of the trained weights.
  public var model: String { "\(path)/model.safetensors" }
}

/// Why a file of a run folder cannot be used, and what to do about it.
public struct RunFolderError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong, as the rest of a sentence that begins with the path.
  public let problem: String
  /// The file or folder at fault.
  public let path: String

  /// An error about a file or folder.
  public init(_ problem: String, at path: String) { (self.problem, self.path) = (problem, path) }

  public var description: String { "\(path): \(problem)" }
}
