import Strata

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Finds and reads run stores that a user named.
enum StoreReading {
  private static let document = "zarr.json"

  /// Opens a run store, or every run store in a folder, by name.
  ///
  /// - Throws: `MissingInput` when there is nothing, `RunStoreError` for what is damaged.
  static func stores(at path: String) throws -> [RunStore] {
    try MissingInput.require(path)
    if FileManager.default.fileExists(atPath: "\(path)/\(document)") { return [try RunStore(opening: path)] }
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted().filter { name in
      !name.hasPrefix(".") && FileManager.default.fileExists(atPath: "\(path)/\(name)/\(document)")
    }
    if names.isEmpty { return [try RunStore(opening: path)] }
    return try names.map { try RunStore(opening: "\(path)/\($0)") }
  }

  /// Opens the run stores of all paths.
  ///
  /// - Throws: As ``stores(at:)``; `InvalidInput` when two runs have one name, because results tell runs apart by it.
  static func uniqueStores(at paths: [String]) throws -> [RunStore] {
    var opened: [RunStore] = []
    for path in paths {
      for store in try stores(at: path) {
        guard !opened.contains(where: { $0.metadata.name == store.metadata.name }) else {
          throw InvalidInput("\(path): a run called '\(store.metadata.name)' was given before; name each run once")
        }
        opened.append(store)
      }
    }
    return opened
  }

  /// Reads the runs of all paths.
  ///
  /// - Throws: As ``uniqueStores(at:)``.
  static func runs(at paths: [String]) throws -> [Run] { try uniqueStores(at: paths).map { try $0.read() } }
}
