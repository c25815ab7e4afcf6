/// Why a training cannot begin in a run folder, or go on.
public enum TrainingSessionError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The folder to go on from is not there.
  case missing(path: String)
  /// There are checkpoints where a training is to begin anew.
  case holdsCheckpoints(path: String)
  /// There is no checkpoint to go on from.
  case noCheckpoint(path: String)
  /// A process, if it said which it is, trains in the folder.
  case inUse(path: String, process: Int?)
  /// A file or folder cannot be written.
  case cannotWrite(path: String, problem: String)

  public var description: String {
    switch self {
    case .missing(let path): "\(path): there is no such file or folder; check the path"
    case .holdsCheckpoints(let path): "\(path): exists already; choose another folder, or go on from its checkpoint"
    case .noCheckpoint(let path): "\(path): holds no checkpoint to go on from"
    case .inUse(let path, let process):
      "\(path): \(process.map { "process \($0)" } ?? "another process") trains in it; wait for its end, or choose another "
        + "folder"
    case .cannotWrite(let path, let problem): "\(path): \(problem); check the disk and the permissions"
    }
  }
}
