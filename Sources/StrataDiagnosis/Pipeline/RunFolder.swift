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
/// ```
public struct RunFolder: Hashable, Sendable {
  public let path: String

  public init(_ path: String) { self.path = path }

  public var configuration: String { "\(path)/config.yaml" }
  public var environment: String { "\(path)/environment.json" }
  public var scale: String { "\(path)/scale.json" }
  public var metrics: String { "\(path)/metrics.jsonl" }
  public var checkpoints: String { "\(path)/checkpoints" }
  public var model: String { "\(path)/model.safetensors" }
}

/// Why a file of a run folder cannot be used, and what to do about it.
public struct RunFolderError: Error, Equatable, Sendable, CustomStringConvertible {
  public let problem: String
  public let path: String

  public init(_ problem: String, at path: String) { (self.problem, self.path) = (problem, path) }

  public var description: String { "\(path): \(problem)" }
}
