internal import CStrataKernels
import StrataNeural
import StrataTensor

/// A pre-norm transformer block on one sequence.
struct FrozenTransformerBlock: Sendable {
  let width: Int, heads: Int
  private let attentionNorm: NormMap, feedForwardNorm: NormMap
  private let qkv: DenseMap, projection: DenseMap, hidden: DenseMap, output: DenseMap
  private let isCausal: Bool, isRotary: Bool

  /// Rows that pass through the feed-forward branch together, so that its wide middle stays in the first cache.
  private static let chunk = 32

  init(_ block: TransformerBlock, _ precision: Precision) {
    width = block.attention.projection.weight.shape[0]
    heads = block.attention.heads
    (attentionNorm, feedForwardNorm) = (NormMap(block.attentionNorm), NormMap(block.feedForwardNorm))
    (qkv, projection) = (DenseMap(block.attention.qkv, precision), DenseMap(block.attention.projection, precision))
    (hidden, output) = (DenseMap(block.feedForward.hidden, precision), DenseMap(block.feedForward.output, precision))
    (isCausal, isRotary) = (block.attention.causal, block.attention.position != nil)
    require(
      block.feedForward.activation == .gelu, "FrozenModel: a feed-forward branch with \(block.feedForward.activation)")
  }

  private var headWidth: Int { width / heads }

  private func productScratchCount(rows: Int) -> Int {
    let chunk = min(rows, Self.chunk)
    return max(
      qkv.scratchCount(rows: rows, xRow: width), projection.scratchCount(rows: rows, xRow: width),
      hidden.scratchCount(rows: chunk, xRow: width), output.scratchCount(rows: chunk, xRow: hidden.outputs),
      (sk_active().pointee.attention_scratch(rows, headWidth) + 3) / 4)
  }

  func scratchCount(rows: Int) -> Int {
    rows * width + 2 * rows + max(3 * rows * width, Self.chunk * hidden.outputs) + productScratchCount(rows: rows)
  }

  /// Changes `rows` rows in place, or only the first ones if nobody reads the others.
  ///
  /// - Parameters:
  ///   - h: Shape `[rows, width]`.
  ///   - wanted: How many rows of the result are wanted.
  ///   - mask: One per row, zero where a row may not be seen.
  ///   - turns: For rotary positions, a cosine and a sine per pair of a head and row.
  func apply(
    _ h: UnsafeMutablePointer<Float>, rows: Int, wanted: Int, mask: UnsafePointer<Float>? = nil,
    turns: UnsafePointer<Float>? = nil, scratch: UnsafeMutablePointer<Float>
  ) {
    let branch = scratch, moments = branch + rows * width, wide = moments + 2 * rows
    let product = wide + max(3 * rows * width, Self.chunk * hidden.outputs)
    attentionNorm.apply(h, to: branch, rows: rows, scratch: moments)
    qkv.apply(branch, row: width, to: wide, row: 3 * width, rows: rows, scratch: product)
    if isRotary, let turns {
      for part in 0..<2 { turn(wide + part * width, rows: rows, turns) }
    }
    attend(wide, rows: rows, wanted: wanted, mask: mask, to: branch, scratch: product)
    projection.apply(branch, row: width, to: h, row: width, rows: wanted, finish: .add, scratch: product)
    feedForwardNorm.apply(h, to: branch, rows: wanted, scratch: moments)
    for first in stride(from: 0, to: wanted, by: Self.chunk) {
      let count = min(Self.chunk, wanted - first)
      hidden.apply(
        branch + first * width, row: width, to: wide, row: hidden.outputs, rows: count, finish: .gelu, scratch: product)
      output.apply(
        wide, row: hidden.outputs, to: h + first * width, row: width, rows: count, finish: .add, scratch: product)
    }
  }

  private func attend(
    _ qkv: UnsafePointer<Float>, rows: Int, wanted: Int, mask: UnsafePointer<Float>?,
    to out: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
  ) {
    // The first `wanted` queries; a causal block is asked for all of them.
    let shape = sk_attention(
      queries: wanted, keys: rows, width: headWidth, query_row: 3 * width, key_row: 3 * width, out_row: width,
      scale: 1 / Float(headWidth).squareRoot(), causal: isCausal ? 1 : 0)
    for head in 0..<heads {
      let q = qkv + head * headWidth
      sk_active().pointee.attention(out + head * headWidth, q, q + width, q + 2 * width, shape, mask, scratch)
    }
  }

  /// Turns neighbouring pairs of every head by the angles of their row.
  private func turn(_ x: UnsafeMutablePointer<Float>, rows: Int, _ turns: UnsafePointer<Float>) {
    let pairs = headWidth / 2
    for row in 0..<rows {
      let angles = turns + row * headWidth
      for head in 0..<heads {
        let place = x + row * 3 * width + head * headWidth
        for pair in 0..<pairs {
          let (cosine, sine) = (angles[2 * pair], angles[2 * pair + 1])
          let (even, odd) = (place[2 * pair], place[2 * pair + 1])
          place[2 * pair] = even * cosine - odd * sine
          place[2 * pair + 1] = even * sine + odd * cosine
        }
      }
    }
  }
}
