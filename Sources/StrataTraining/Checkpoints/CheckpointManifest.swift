import StrataTensor

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Size and checksum of every other file of a checkpoint; written last.
struct CheckpointManifest: Codable {
  static let fileName = "manifest.json"

  struct Entry: Codable, Equatable {
    let bytes: Int
    let crc32c: UInt32

    init(of data: Data) {
      bytes = data.count
      crc32c = data.withUnsafeBytes { StrataTensor.crc32c($0) }
    }
  }

  let files: [String: Entry]

  /// Describes the files as they are.
  init(of names: [String], in folder: String) throws(TrainingFileError) {
    var files: [String: Entry] = [:]
    for name in names { files[name] = Entry(of: try DurableFiles.read("\(folder)/\(name)")) }
    self.files = files
  }

  /// Reads the manifest of a folder.
  init(reading folder: String) throws(TrainingFileError) {
    let path = "\(folder)/\(Self.fileName)"
    let data = try DurableFiles.read(path)
    do { self = try JSONDecoder().decode(Self.self, from: data) } catch {
      throw TrainingFileError(problem: "is not a manifest: \(error)", path: path)
    }
  }

  /// Throws unless every file of a folder is as described.
  func verify(_ folder: String) throws(TrainingFileError) {
    for (name, expected) in files.sorted(by: { $0.key < $1.key }) {
      let path = "\(folder)/\(name)"
      let found = Entry(of: try DurableFiles.read(path))
      guard found.bytes == expected.bytes else {
        throw TrainingFileError(problem: "has \(found.bytes) bytes, expected \(expected.bytes)", path: path)
      }
      guard found == expected else { throw TrainingFileError(problem: "is damaged: its checksum differs", path: path) }
    }
  }

  var json: Data {
    get throws(TrainingFileError) { try CheckpointRecord.encode(self) }
  }
}
