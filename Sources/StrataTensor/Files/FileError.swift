#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Why a file or folder cannot be used.
public struct FileError: Error, Equatable, CustomStringConvertible {
  public let path: String
  /// What is wrong, as the end of a sentence that begins with the path.
  public let problem: String

  package init(_ problem: String, path: String) { (self.path, self.problem) = (path, problem) }

  public var description: String { "\(path): \(problem)" }

  /// What the last failed call of the operating system left behind.
  ///
  /// - Parameter action: What could not be done, as in `opened`.
  package static func last(_ path: String, _ action: String) -> FileError {
    FileError("cannot be \(action): \(String(cString: strerror(errno)))", path: path)
  }
}
