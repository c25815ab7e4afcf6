import StrataTensor

/// Why a run store could not be read or written, where, and what to do about it.
public struct RunStoreError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file or folder at fault, such as `run.zarr/physical/values/c.3.0.0`.
  public let place: String
  public let problem: String
  /// What the reader of the message can do.
  public let remedy: String

  init(_ problem: String, at place: String, remedy: String) {
    (self.place, self.problem, self.remedy) = (place, problem, remedy)
  }

  /// What keeps a store from being written.
  init(_ error: FileError) { self.init(error.problem, at: error.path, remedy: Remedy.room) }

  /// Whether the disk or the permissions are at fault, and not what was read or written.
  public var isInputOutput: Bool { remedy == Remedy.room }

  public var description: String { "\(place): \(problem); \(remedy)" }
}

/// What errors advise; the same advice in the same words.
enum Remedy {
  static let restore = "restore the file from a copy"
  static let rewrite = "write the store again, or correct the file"
  static let recode = "write the array again with zstd, gzip or no compression"
  static let selfContained = "copy the real file into the store"
  static let fewerSamples = "read fewer samples or entities at a time, or raise the limit"
  static let room = "check the disk and the permissions"
}
