#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Why the operating system refused a file.
public struct FileError: Error, Equatable, CustomStringConvertible {
  public let path: String
  /// What was being done, as in `open`.
  public let action: String
  /// The error number of the operating system.
  public let code: Int32

  public var description: String { "\(path): cannot \(action): \(String(cString: strerror(code)))" }

  /// The error that the last failed call left behind.
  static func last(_ path: String, _ action: String) -> FileError { FileError(path: path, action: action, code: errno) }
}
