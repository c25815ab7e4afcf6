extension ZarrArray {
  /// Reads and decodes a chunk; nil when it is absent.
  ///
  /// - Throws: When the file is damaged; the error says which samples it held.
  func chunk(_ index: [Int], from files: some StoreFiles) throws(RunStoreError) -> [UInt8]? {
    let path = chunkPath(index)
    let bound = codecs.encodedBound(of: chunkBound)
    guard let encoded = try files.contents(of: path, limit: bound.limit) else { return nil }
    do throws(CompressionError) {
      return try codecs.decode(encoded, to: chunkBound)
    } catch {
      let first = index[0] * chunkShape[0]
      let held = first..<max(first, min(first + chunkShape[0], shape[0]))
      throw RunStoreError(
        "damaged, \(error.problem)", at: files.place(path),
        remedy: "\(Remedy.restore), or do without \(held) of the first axis")
    }
  }
}
