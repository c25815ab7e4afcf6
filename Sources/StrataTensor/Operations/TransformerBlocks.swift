internal import CStrataKernels

/// The parameters of one pre-norm transformer block: `h = x + attention(norm(x))`, then `h + mlp(norm(h))` with GELU.
public struct ResidualAttention: Sendable {
  /// Scale and shift of a layer norm, both of shape `[width]`, and what is added to the variance.
  public struct Norm: Sendable {
    public var scale: Tensor, shift: Tensor
    public var epsilon: Float

    /// Parameters of a norm.
    public init(scale: Tensor, shift: Tensor, epsilon: Float) {
      (self.scale, self.shift, self.epsilon) = (scale, shift, epsilon)
    }
  }

  /// An affine map: weight of shape `[inputs, outputs]` and bias of shape `[outputs]`.
  public struct Map: Sendable {
    public var weight: Tensor, bias: Tensor

    /// Parameters of a map.
    public init(weight: Tensor, bias: Tensor) { (self.weight, self.bias) = (weight, bias) }
  }

  public var attentionNorm: Norm
  /// From `[width]` to queries, keys and values of `[width]` each; heads are contiguous in each.
  public var qkv: Map
  public var projection: Map
  public var feedForwardNorm: Norm
  public var hidden: Map
  public var output: Map
  /// How many heads share the width.
  public var heads: Int
  /// Whether a step sees only itself and earlier ones.
  public var causal: Bool
  /// The cosines and sines by which pairs of queries and keys turn, from ``pairTurns(length:headWidth:base:start:)``.
  public var turns: NDArray?

  /// Parameters of one block.
  public init(
    attentionNorm: Norm, qkv: Map, projection: Map, feedForwardNorm: Norm, hidden: Map, output: Map, heads: Int,
    causal: Bool = false, turns: NDArray? = nil
  ) {
    (self.attentionNorm, self.qkv, self.projection) = (attentionNorm, qkv, projection)
    (self.feedForwardNorm, self.hidden, self.output) = (feedForwardNorm, hidden, output)
    (self.heads, self.causal, self.turns) = (heads, causal, turns)
  }

  /// In the order in which ``TransformerPlan`` finds them.
  fileprivate var parameters: [Tensor] {
    [
      attentionNorm.scale, attentionNorm.shift, qkv.weight, qkv.bias, projection.weight, projection.bias,
      feedForwardNorm.scale, feedForwardNorm.shift, hidden.weight, hidden.bias, output.weight, output.bias,
    ]
  }
}

/// Returns what transformer blocks make of sequences, one after the other, as one operation.
///
/// The same as `layerNorm`, `affine`, `attention`, `gelu` and sums for every block, up to rounding. Here a few sequences
/// pass through all blocks before the next ones begin, so that their intermediate results stay in the fast caches, forward
/// and backward. For the way back are kept: queries, keys and values, what attention gives, the sums before GELU, and the
/// two results of every block; norms, attention's weights and GELU are computed again.
///
/// - Parameters:
///   - x: Shape `[batch, time, width]`.
///   - blocks: At least one.
///   - keyMask: Shape `[batch, time]`, one where a step may be seen.
///   - precision: Of the maps, forward and backward; attention itself is in single precision.
/// - Returns: Shape `[batch, time, width]`.
/// - Complexity: O(batch · time · width · (width + hidden + time)) for every block.
public func transformerBlocks(
  _ x: Tensor, _ blocks: [ResidualAttention], keyMask: NDArray? = nil, precision: ProductPrecision = .fp32
) -> Tensor {
  let plan = TransformerPlan(x.shape, blocks, keyMask: keyMask, precision)
  let inputs = [x] + blocks.flatMap(\.parameters)
  let arrays = inputs.map(\.value)
  let kept = plan.results(arrays)
  return Tensor(kept.last!.result, "transformerBlocks", from: inputs) { upstream, _ in
    plan.gradients(upstream, arrays, kept)
  }
}

/// Shapes of the blocks, and what has to be done for some of the sequences. Operands are x, then twelve for every block.
struct TransformerPlan: Sendable {
  let batch: Int, time: Int, width: Int
  let blocks: [Block]
  let keyMask: NDArray?
  let precision: ProductPrecision

  struct Block: Sendable {
    let heads: Int, hidden: Int
    let causal: Bool
    let turns: NDArray?
    let attentionEpsilon: Float, feedForwardEpsilon: Float
  }

  /// What is kept of one block for the way back.
  struct Kept: Sendable {
    let qkv: NDArray, attended: NDArray, middle: NDArray, sums: NDArray, result: NDArray
  }

  /// Where an operand of a block lies behind the first of that block.
  enum Operand: Int {
    case attentionScale = 1
    case attentionShift, qkvWeight, qkvBias, projectionWeight, projectionBias
    case feedForwardScale, feedForwardShift, hiddenWeight, hiddenBias, outputWeight, outputBias

    static let count = 12
  }

  init(_ x: Shape, _ blocks: [ResidualAttention], keyMask: NDArray?, _ precision: ProductPrecision) {
    require(x.rank == 3 && !blocks.isEmpty, "transformerBlocks: \(blocks.count) blocks of input \(x)")
    (batch, time, width, self.keyMask, self.precision) = (x[0], x[1], x[2], keyMask, precision)
    require(
      keyMask == nil || keyMask!.shape == [x[0], x[1]],
      "transformerBlocks: key mask \(keyMask?.shape ?? []) does not fit input \(x)")
    self.blocks = blocks.map { block in
      let (width, hidden) = (x[2], block.hidden.bias.shape.elementCount)
      for (name, array, shape) in [
        ("qkv weight", block.qkv.weight, [width, 3 * width]), ("qkv bias", block.qkv.bias, [3 * width]),
        ("projection weight", block.projection.weight, [width, width]),
        ("projection bias", block.projection.bias, [width]),
        ("hidden weight", block.hidden.weight, [width, hidden]), ("hidden bias", block.hidden.bias, [hidden]),
        ("output weight", block.output.weight, [hidden, width]), ("output bias", block.output.bias, [width]),
        ("scale", block.attentionNorm.scale, [width]), ("shift", block.attentionNorm.shift, [width]),
        ("scale", block.feedForwardNorm.scale, [width]), ("shift", block.feedForwardNorm.shift, [width]),
      ] as [(String, Tensor, Shape)] {
        require(array.shape == shape, "transformerBlocks: \(name) \(array.shape) does not fit input \(x)")
      }
      require(
        block.heads > 0 && width % block.heads == 0,
        "transformerBlocks: \(block.heads) heads do not divide width \(width)")
      require(
        block.turns == nil || block.turns!.shape == [x[1], width / block.heads],
        "transformerBlocks: turns \(block.turns?.shape ?? []) do not fit input \(x) with \(block.heads) heads")
      return Block(
        heads: block.heads, hidden: hidden, causal: block.causal, turns: block.turns,
        attentionEpsilon: block.attentionNorm.epsilon, feedForwardEpsilon: block.feedForwardNorm.epsilon)
    }
  }

  var widest: Int { blocks.map(\.hidden).max()! }

  /// How many sequences pass together: products want many rows, caches want few.
  var group: Int { max(min(batch, 128 / max(time, 1)), 1) }

  /// Rows that pass through a feed-forward branch together, so that its wide middle stays in cache.
  static let chunk = 48

  func array(_ operand: Operand, of block: Int, in arrays: [NDArray]) -> UnsafePointer<Float> {
    arrays[Operand.count * block + operand.rawValue].start
  }

  /// Inputs and outputs of the four maps of a block.
  func extents(_ block: Block) -> [(inputs: Int, outputs: Int)] {
    [(width, 3 * width), (width, width), (width, block.hidden), (block.hidden, width)]
  }

  /// The packed weights of one block.
  struct Maps {
    let qkv: PackedMap, projection: PackedMap, hidden: PackedMap, output: PackedMap
  }

  /// The floats that the packed weights of all blocks take.
  func packedFloats(isTransposed: Bool) -> Int {
    blocks.flatMap(extents).reduce(0) { sum, extent in
      let (inputs, outputs) = isTransposed ? (extent.outputs, extent.inputs) : extent
      return sum + PackedMap.floats(inputs: inputs, outputs: outputs, precision)
    }
  }

  /// Packs the weights of all blocks, or their transposes, at `place`, which then is the end of them.
  func maps(_ arrays: [NDArray], isTransposed: Bool, at place: inout UnsafeMutablePointer<Float>) -> [Maps] {
    blocks.indices.map { index in
      let weights: [Operand] = [.qkvWeight, .projectionWeight, .hiddenWeight, .outputWeight]
      let packed = zip(weights, extents(blocks[index])).map { weight, extent in
        let (inputs, outputs) = isTransposed ? (extent.outputs, extent.inputs) : extent
        defer { place += PackedMap.floats(inputs: inputs, outputs: outputs, precision) }
        return PackedMap(
          array(weight, of: index, in: arrays), inputs: inputs, outputs: outputs, isTransposed: isTransposed, precision,
          at: place)
      }
      return Maps(qkv: packed[0], projection: packed[1], hidden: packed[2], output: packed[3])
    }
  }

  func attentionShape(_ block: Block) -> sk_attention {
    let headWidth = width / block.heads
    return sk_attention(
      queries: time, keys: time, width: headWidth, query_row: 3 * width, key_row: 3 * width, out_row: width,
      scale: 1 / Float(headWidth).squareRoot(), causal: block.causal ? 1 : 0)
  }

  /// Turns queries and keys of one sequence, or what comes back to them.
  func turn(_ qkv: UnsafeMutablePointer<Float>, _ block: Block, direction: Float) {
    guard let turns = block.turns else { return }
    for part in 0..<2 {
      kernels.turn_pairs(
        qkv + part * width, 3 * width, turns.start, time, block.heads, width / block.heads, direction)
    }
  }

  /// Calls `body` with the first row and the number of rows of every part of the feed-forward branch.
  func forEachChunk(_ rows: Int, _ body: (_ first: Int, _ rows: Int) -> Void) {
    for first in stride(from: 0, to: rows, by: Self.chunk) { body(first, min(Self.chunk, rows - first)) }
  }
}
