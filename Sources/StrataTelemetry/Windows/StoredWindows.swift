import StrataTensor

/// The windows of whole runs, read from run stores when they are asked for.
///
/// A run is divided into blocks of time of about 16 MiB of samples. A block is read and standardised when one of its
/// windows is asked for, and kept while few others are asked for: memory does not grow with the number or the length of
/// runs. The windows are those that a ``WindowSet`` over the whole runs would cut, to the bit, except that a rate after a
/// gap of a counter which began more than two windows before its block is missing.
public struct StoredWindows<Split: TelemetrySplit>: WindowCollection {
  /// Windows of all entities of a run over some time.
  private struct Block: Sendable {
    let run: Int
    /// The ends of the first and the last window of each entity.
    let firstEnd: Int, lastEnd: Int
    /// The numbers of its windows: entity by entity, by increasing end.
    let windows: Range<Int>
  }

  /// How windows are cut.
  public let specification: WindowSpecification
  /// What fixes the layers, the channels and their order.
  public let scale: RobustScale
  /// The runs, in order.
  public let runNames: [String]
  /// A checksum of the content hashes of the runs and of how windows are cut; no sample is read for it.
  public let digest: String
  private let stores: [RunStore]
  private let entities: [[EntityPath]]
  private let blocks: [Block]
  /// The blocks that were used last, the most recent at the end.
  private let recent = Guarded<[(block: Int, segments: [Segment])]>([])

  private typealias Segment = WindowSet<TestSplit>.Segment
  /// Eight are two times the blocks that a training mixes, so that none is read twice where one mixture follows another.
  private static var recentCount: Int { 8 }

  init(
    _ part: StoredSplits.Part, scale: RobustScale, specification: WindowSpecification, blockBytes: Int
  ) throws(WindowError) {
    (self.scale, self.specification, stores) = (scale, specification, part.stores)
    runNames = part.stores.map(\.metadata.name)
    let shapes = part.stores.map { StoredShape($0.metadata) }
    entities = shapes.map(\.entities)
    var blocks: [Block] = []
    var count = 0
    for (run, store) in part.stores.enumerated() {
      let whole = 0..<store.metadata.sampleCount
      let ends = specification.ends(in: whole, context: whole)
      let perBlock = max(blockBytes / shapes[run].bytesPerSample / specification.stride, 1)
      for first in stride(from: 0, to: ends.count, by: perBlock) {
        let own = ends[first..<min(first + perBlock, ends.count)]
        let next = count + own.count * shapes[run].entities.count
        guard next > count else { continue }
        blocks.append(Block(run: run, firstEnd: own.first!, lastEnd: own.last!, windows: count..<next))
        count = next
      }
    }
    guard count > 0 else {
      let longest = part.stores.map(\.metadata.sampleCount).max() ?? 0
      throw WindowError(
        "the \(Split.name) split has no window of \(specification.length) samples: its longest stretch has \(longest)")
    }
    self.blocks = blocks
    // Blocks decide the order in which a training visits windows.
    let text =
      "\(blockBytes) \(specification) \(scale.layers.map { "\($0.layer) \($0.channels.map(\.name))" }) \(part.contentHashes)"
    digest = "crc32c:" + Array(text.utf8).withUnsafeBytes { crc32c($0) }.hexadecimal
  }

  /// How many windows there are.
  public var count: Int { blocks.last!.windows.upperBound }

  /// The windows of each block.
  public var parts: [WindowPart] { blocks.map { WindowPart(run: runNames[$0.run], count: $0.windows.count) } }

  /// The windows of these numbers, in this order; their origins count runs as ``runNames`` does.
  ///
  /// Safe to call from several threads at once.
  ///
  /// - Parameter numbers: Which windows.
  /// - Throws: `RunStoreError` for a damaged chunk, ``WindowError`` for an entity whose role the scale does not have.
  /// - Precondition: Every number is a window of the collection.
  /// - Complexity: One copy of every sample, and reading the blocks that were not used lately.
  public func windows(_ numbers: [Int]) throws -> WindowBatch {
    var held: [Int: [Segment]] = [:]
    var places: [(segment: Segment, samples: Range<Int>)] = []
    for number in numbers {
      let index = block(of: number)
      if held[index] == nil { held[index] = try segments(of: index) }
      let local = number - blocks[index].windows.lowerBound
      let perEntity = blocks[index].windows.count / held[index]!.count
      let segment = held[index]![local / perEntity]
      let end = segment.ends[local % perEntity]
      places.append((segment, end - specification.length..<end))
    }
    return WindowSet<TestSplit>.gather(
      places, length: specification.length, scale: scale, specification: specification)
  }

  /// The position of the block that a window belongs to.
  private func block(of window: Int) -> Int {
    require(window >= 0 && window < count, "StoredWindows: window \(window) is outside 0..<\(count)")
    var (low, high) = (0, blocks.count)
    while low < high {
      let middle = (low + high) / 2
      if blocks[middle].windows.upperBound <= window { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The standardised samples of a block, one segment per entity; threads that want the same wait for one to read it.
  private func segments(of index: Int) throws -> [Segment] {
    try recent.withLock { recent in
      if let place = recent.firstIndex(where: { $0.block == index }) {
        let found = recent.remove(at: place)
        recent.append(found)
        return found.segments
      }
      // Room first, so that what goes and what comes are not in memory together.
      if recent.count == Self.recentCount { recent.removeFirst() }
      let segments = try read(blocks[index])
      recent.append((index, segments))
      return segments
    }
  }

  private func read(_ block: Block) throws -> [Segment] {
    // A window before the first for the time since the last observation, and a sample for the first rate.
    let start = max(0, block.firstEnd - 2 * specification.length - 1)
    let run = try stores[block.run].read(samples: start..<block.lastEnd).gatheredAtRanks()
    let members = entities[block.run]
    let region = SplitRegion(
      run: 0, entities: members, visible: members, samples: block.firstEnd - 1 - start..<block.lastEnd - start,
      context: block.firstEnd - specification.length - start..<block.lastEnd - start)
    let set = try WindowSet(
      TestSplit(runs: [run], regions: [region], embargo: nil), scale: scale, specification: specification)
    return set.segments.map { $0.moved(by: start, toRun: block.run) }
  }
}

extension WindowSet.Segment {
  /// The same segment of another run that begins so many samples earlier.
  fileprivate func moved(by offset: Int, toRun run: Int) -> Self {
    func moved(_ range: Range<Int>) -> Range<Int> { range.lowerBound + offset..<range.upperBound + offset }
    return Self(
      run: run, entity: entity, samples: moved(samples), context: moved(context), windows: windows,
      ends: ends.map { $0 + offset }, layers: layers)
  }
}
