import StrataTensor

extension RunStore {
  /// Checks that a folder is a run store and holds nothing else, so that it may be replaced.
  ///
  /// - Throws: ``RunStoreError`` that names what else is there.
  public static func requireReplaceable(_ path: String) throws(RunStoreError) {
    let path = path.withoutTrailingSlashes
    _ = try RunStoreReader.attributes(of: FolderFiles(path.followingLinks), limits: .standard)
    guard let foreign = FolderContents(path).firstName(besides: filePatterns) else { return }
    throw RunStoreError("does not belong to the run store", at: "\(path)/\(foreign)", remedy: "move it elsewhere")
  }

  /// The names of the files of a store, as `fnmatch` reads them.
  public static let filePatterns = [
    "zarr.json", "*/zarr.json", "*/*/zarr.json", "*/*/c.*", "zarr.json.partial", "*/*/zarr.json.partial",
  ]
}
