import StrataTensor

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The steps of writing a folder so that a crash or a power failure at any moment leaves it whole or absent.
enum DurableFiles {
  /// Waits until the names in a folder are on the disk.
  static func synchronize(_ path: String) throws(TrainingFileError) {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { throw failure("cannot be opened", path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("cannot be written to the disk", path) }
  }

  /// Gives a finished folder its name, in one step.
  static func rename(_ aside: String, to path: String) throws(TrainingFileError) {
    #if canImport(Glibc)
      let status = Glibc.rename(aside, path)
    #else
      let status = Darwin.rename(aside, path)
    #endif
    guard status == 0 else { throw failure("cannot be renamed to \(path)", aside) }
  }

  static func write(_ data: Data, to path: String) throws(TrainingFileError) {
    do { try writeAtomically(Array(data), to: path) } catch {
      throw TrainingFileError(problem: "cannot be written: \(error)", path: path)
    }
  }

  static func read(_ path: String) throws(TrainingFileError) -> Data {
    do { return try Data(contentsOf: URL(filePath: path), options: .mappedIfSafe) } catch {
      throw TrainingFileError(problem: "cannot be read: \(error)", path: path)
    }
  }

  static func createFolder(_ path: String) throws(TrainingFileError) {
    do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
      throw TrainingFileError(problem: "cannot be created: \(error)", path: path)
    }
  }

  /// Removes a file or a folder; what is not there is fine.
  static func remove(_ path: String) throws(TrainingFileError) {
    guard FileManager.default.fileExists(atPath: path) else { return }
    do { try FileManager.default.removeItem(atPath: path) } catch {
      throw TrainingFileError(problem: "cannot be removed: \(error)", path: path)
    }
  }

  private static func failure(_ problem: String, _ path: String) -> TrainingFileError {
    TrainingFileError(problem: "\(problem): \(String(cString: strerror(errno)))", path: path)
  }
}
