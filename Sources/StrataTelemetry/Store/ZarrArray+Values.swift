import StrataTensor

/// The values of a layer: an array of numbers with the axes time, entity and channel.
extension ZarrArray {
  /// Which part of the values to read.
  struct Selection {
    var samples: Range<Int>
    /// Positions along the entity axis, ascending.
    var entities: [Int]
  }

  /// Reads part of the values; an absent chunk has the fill value.
  ///
  /// Memory use is that of the result and of one chunk, encoded and decoded. A large result needs chunks to match.
  ///
  /// - Parameter isTolerable: Asked about each damaged chunk, whose values then are NaN; when it says no the error is thrown.
  func values(
    _ selection: Selection, from files: some StoreFiles, limits: RunStoreLimits,
    isTolerable: (RunStoreError) -> Bool
  ) throws(RunStoreError) -> NDArray {
    let place = files.place(path)
    let extents = [selection.samples.count, selection.entities.count, shape[2]]
    guard let byteCount = (extents + [4]).product, byteCount <= limits.readBytes else {
      throw RunStoreError(
        "values of shape \(extents) take more than the limit of \(limits.readBytes) bytes", at: place,
        remedy: Remedy.fewerSamples)
    }
    let chunks = chunkIndices(selection)
    guard let count = chunks.map(\.count).product, count <= limits.chunkCount else {
      throw RunStoreError(
        "values of shape \(extents) lie in more than the limit of \(limits.chunkCount) chunks", at: place,
        remedy: Remedy.fewerSamples)
    }
    try requireSubstance(byteCount, in: chunks, from: files, place: place)
    return try NDArray(Shape(extents)) { (out) throws(RunStoreError) in
      for time in chunks[0] {
        for entity in chunks[1] {
          for channel in chunks[2] {
            let index = [time, entity, channel]
            var bytes: [UInt8]?
            var fill = self.fill
            do throws(RunStoreError) {
              bytes = try chunk(index, from: files)
            } catch {
              guard isTolerable(error) else { throw error }
              fill = .nan
            }
            copy(bytes, fill: fill, at: index, selection, into: out)
          }
        }
      }
    }
  }

  /// What metadata alone may make a reader allocate, in bytes.
  private static let freeBytes = 256 << 20
  /// How many times the bytes of its chunks a larger result may take.
  private static let sparsity = 100

  /// Refuses a large result for which there are next to no chunks, so that a few bytes of metadata cannot fill the memory.
  private func requireSubstance(
    _ byteCount: Int, in chunks: [[Int]], from files: some StoreFiles, place: String
  ) throws(RunStoreError) {
    guard byteCount > Self.freeBytes else { return }
    var missing = byteCount / Self.sparsity
    for time in chunks[0] {
      for entity in chunks[1] {
        for channel in chunks[2] where try files.exists(chunkPath([time, entity, channel])) {
          missing -= chunkShape.reduce(4, *)
          if missing <= 0 { return }
        }
      }
    }
    throw RunStoreError(
      "values of \(byteCount) bytes are asked for, and less than one in \(Self.sparsity) has a chunk", at: place,
      remedy: Remedy.fewerSamples)
  }

  /// The positions along each axis of the chunk grid that hold selected values.
  private func chunkIndices(_ selection: Selection) -> [[Int]] {
    let samples = selection.samples
    let times =
      samples.isEmpty
      ? 0..<0 : samples.lowerBound / chunkShape[0]..<(samples.upperBound - 1) / chunkShape[0] + 1
    var entities: [Int] = []
    for entity in selection.entities where entities.last != entity / chunkShape[1] {
      entities.append(entity / chunkShape[1])
    }
    return [Array(times), entities, Array(0..<(shape[2] + chunkShape[2] - 1) / chunkShape[2])]
  }

  /// Copies the selected part of one chunk to its place in the result.
  private func copy(
    _ bytes: [UInt8]?, fill: Float, at index: [Int], _ selection: Selection,
    into out: UnsafeMutableBufferPointer<Float>
  ) {
    let first = zip(index, chunkShape).map { $0 * $1 }
    let times = (first[0]..<first[0] + chunkShape[0]).clamped(to: selection.samples)
    let channels = (first[2]..<first[2] + chunkShape[2]).clamped(to: 0..<shape[2])
    let start = selection.entities.partitioningIndex { $0 >= first[1] }
    let end = selection.entities.partitioningIndex { $0 >= first[1] + chunkShape[1] }
    for time in times {
      for position in start..<end {
        let row = (time - selection.samples.lowerBound) * selection.entities.count + position
        let target = UnsafeMutableBufferPointer(
          rebasing: out[row * shape[2] + channels.lowerBound..<row * shape[2] + channels.upperBound])
        guard let bytes else {
          target.initialize(repeating: fill)
          continue
        }
        let source =
          ((time - first[0]) * chunkShape[1] + selection.entities[position] - first[1]) * chunkShape[2]
        bytes.withUnsafeBytes { convert($0, from: source, into: target) }
      }
    }
  }

  /// Converts elements that follow each other in a chunk.
  private func convert(
    _ bytes: UnsafeRawBufferPointer, from first: Int, into target: UnsafeMutableBufferPointer<Float>
  ) {
    switch (type, isBigEndian) {
    case (.float64, let isBigEndian):
      for i in target.indices {
        let raw = bytes.loadUnaligned(fromByteOffset: (first + i) * 8, as: UInt64.self)
        target[i] = Float(Double(bitPattern: isBigEndian ? UInt64(bigEndian: raw) : UInt64(littleEndian: raw)))
      }
    case (_, let isBigEndian):
      for i in target.indices {
        let raw = bytes.loadUnaligned(fromByteOffset: (first + i) * 4, as: UInt32.self)
        target[i] = Float(bitPattern: isBigEndian ? UInt32(bigEndian: raw) : UInt32(littleEndian: raw))
      }
    }
  }
}

extension [Int] {
  /// The first position whose element satisfies a condition that holds from there on.
  fileprivate func partitioningIndex(where isBeyond: (Int) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isBeyond(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
