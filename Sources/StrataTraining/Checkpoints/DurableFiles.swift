import StrataTensor

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Files and folders of a training, with errors that name them; what is written survives a power failure.
enum DurableFiles {
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
}
