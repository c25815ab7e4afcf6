#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// An open file that every write reaches at once, so that readers and a crash see whole records.
///
/// A class because an open file is shared state by nature and must be closed once; used from one thread.
final class FileWriter {
  private let path: String
  private let file: UnsafeMutablePointer<FILE>

  /// - Parameter mode: As for `fopen`: `wb` starts anew, `ab` appends.
  init(path: String, mode: String) throws(TrainingFileError) {
    guard let file = fopen(path, mode) else {
      throw TrainingFileError(problem: "cannot be opened: \(String(cString: strerror(errno)))", path: path)
    }
    (self.path, self.file) = (path, file)
  }

  deinit { fclose(file) }

  func write(_ bytes: [UInt8]) throws(TrainingFileError) {
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count, fflush(file) == 0 else {
      throw TrainingFileError(problem: "cannot be written: \(String(cString: strerror(errno)))", path: path)
    }
  }
}
