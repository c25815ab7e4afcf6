/// An encoder that takes one sample after the other, of some entities at once.
protocol StreamedEncoder: Sendable {
  /// The width of the features.
  var width: Int { get }
  /// The numbers per sample.
  var inputs: Int { get }
  /// The greatest magnitude that each element of the features can have.
  var featureBounds: [Float] { get }
  /// Why it cannot run on a stream, said of the encoder of a layer; `nil` when it can.
  var streamObstacle: String? { get }

  /// Per block, the floats that it remembers of one entity.
  func stateCounts(windowLength: Int) -> [Int]

  /// The floats of scratch memory for `rows` entities.
  func streamScratchCount(rows: Int, windowLength: Int) -> Int

  /// Computes the features of one new sample per entity.
  ///
  /// - Parameters:
  ///   - rows: The entities and what is remembered of them, which changes.
  ///   - x: The views of the new samples, of shape `[entity, inputs]`.
  ///   - features: Where the result goes, of shape `[entity, width]`.
  ///   - scratch: ``streamScratchCount(rows:windowLength:)`` floats.
  func advance(
    _ rows: StreamRows, _ x: UnsafePointer<Float>, to features: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<Float>)

  /// Lets entities whose next sample is the first see nothing of what came before.
  func forget(_ rows: StreamRows)
}

/// Some entities that advance together, and where the state of their encoder lies.
struct StreamRows {
  let entities: Range<Int>
  /// How many samples each entity of the stream has had.
  let counts: [Int]
  let windowLength: Int
  let layout: StreamLayout
  let memory: UnsafeMutableRawPointer

  /// How many entities the stream has.
  var total: Int { layout.entities }

  /// The state of one block for all entities, as its encoder laid it out.
  func state(_ block: Int) -> UnsafeMutablePointer<Float> { layout.state(memory, block) }
}
