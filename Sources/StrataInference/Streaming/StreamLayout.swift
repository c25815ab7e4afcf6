/// What a stream remembers of all entities in one layer, and where it lies; places count in bytes.
///
/// Rows of the same age lie side by side, entity after entity: entities that advance together are read and written as
/// one stretch of memory. What the blocks of an encoder remember they lay out themselves.
struct StreamLayout: Sendable {
  let entities: Int, width: Int, channels: Int
  private let windowLength: Int, stateCounts: [Int], keepsFeatures: Bool
  /// What each block of the encoder remembers of all entities.
  private let states: [Int]
  /// The 16-bit features of a window, `[step, entity, width]`, and their sums or the newest features,
  /// `[entity, width]`.
  private let features: Int, sums: Int
  /// The error of every step and the number of samples it was measured on: `[step, entity, 2]`.
  private let errors: Int
  /// The samples since each channel was last observed: `[entity, channel]`.
  private let gaps: Int
  let byteCount: Int

  /// - Parameters:
  ///   - start: Where the layer begins; a multiple of 64.
  ///   - stateCounts: Per block of the encoder, the floats that it remembers of one entity.
  init(
    startingAt start: Int, entities: Int, stateCounts: [Int], width: Int, channels: Int, windowLength: Int,
    keepsFeatures: Bool
  ) {
    var end = start
    func take(_ count: Int, _ size: Int) -> Int {
      defer { end += (count * size + 63) / 64 * 64 }
      return end
    }
    (self.entities, self.width, self.channels) = (entities, width, channels)
    (self.windowLength, self.stateCounts, self.keepsFeatures) = (windowLength, stateCounts, keepsFeatures)
    states = stateCounts.map { take($0 * entities, MemoryLayout<Float>.stride) }
    features = take(keepsFeatures ? windowLength * entities * width : 0, MemoryLayout<Int16>.stride)
    sums = take(entities * width, MemoryLayout<Int32>.stride)
    errors = take(2 * windowLength * entities, MemoryLayout<Float>.stride)
    gaps = take(entities * channels, MemoryLayout<Float>.stride)
    byteCount = end - start
  }

  /// Gives every region of the layer's memory the type of what lies there; what is in it stays.
  ///
  /// The other functions take that for granted. Call it once, after the memory was filled and before it is used.
  func bind(_ memory: UnsafeMutableRawPointer) {
    func bind<Element: BitwiseCopyable>(_ place: Int, _ type: Element.Type, _ count: Int) {
      if count > 0 { (memory + place).bindMemory(to: type, capacity: count) }
    }
    for (place, count) in zip(states, stateCounts) { bind(place, Float.self, count * entities) }
    if keepsFeatures {
      bind(features, Int16.self, windowLength * entities * width)
      bind(sums, Int32.self, entities * width)
    } else {
      bind(sums, Float.self, entities * width)
    }
    bind(errors, Float.self, 2 * windowLength * entities)
    bind(gaps, Float.self, entities * channels)
  }

  func state(_ memory: UnsafeMutableRawPointer, _ block: Int) -> UnsafeMutablePointer<Float> {
    (memory + states[block]).assumingMemoryBound(to: Float.self)
  }

  func features(_ memory: UnsafeMutableRawPointer, step: Int, entity: Int) -> UnsafeMutablePointer<Int16> {
    (memory + features).assumingMemoryBound(to: Int16.self) + (step * entities + entity) * width
  }

  /// The sums of the features of a window, where the features are kept.
  func sums(_ memory: UnsafeMutableRawPointer, entity: Int) -> UnsafeMutablePointer<Int32> {
    (memory + sums).assumingMemoryBound(to: Int32.self) + entity * width
  }

  /// The newest features, in place of sums, where the features of a window are not kept.
  func newest(_ memory: UnsafeMutableRawPointer, entity: Int) -> UnsafeMutablePointer<Float> {
    (memory + sums).assumingMemoryBound(to: Float.self) + entity * width
  }

  /// The error of a step and the number of samples it was measured on.
  func error(_ memory: UnsafeMutableRawPointer, step: Int, entity: Int) -> UnsafeMutablePointer<Float> {
    (memory + errors).assumingMemoryBound(to: Float.self) + 2 * (step * entities + entity)
  }

  func gaps(_ memory: UnsafeMutableRawPointer, entity: Int) -> UnsafeMutablePointer<Float> {
    (memory + gaps).assumingMemoryBound(to: Float.self) + entity * channels
  }
}
