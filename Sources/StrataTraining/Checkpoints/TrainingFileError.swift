import StrataTensor

/// Why a file that a training leaves behind could not be read, written or used, and which one.
public struct TrainingFileError: Error, Equatable, CustomStringConvertible {
  /// What is wrong, as the end of a sentence that begins with the path.
  public let problem: String
  /// The file or folder to blame.
  public let path: String

  init(problem: String, path: String) { (self.problem, self.path) = (problem, path) }
  init(_ error: FileError) { self.init(problem: error.problem, path: error.path) }

  public var description: String { "\(path): \(problem)" }
}
