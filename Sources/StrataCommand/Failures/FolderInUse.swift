/// Another process trains in a run folder.
struct FolderInUse: Error, CustomStringConvertible {
  let path: String
  /// The process, if it said which it is.
  let process: Int?

  var description: String {
    "\(path): \(process.map { "process \($0)" } ?? "another process") trains in it; wait for its end, or choose another "
      + "--output"
  }
}
