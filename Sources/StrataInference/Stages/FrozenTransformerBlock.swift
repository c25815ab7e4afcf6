internal import CStrataKernels
import StrataNeural
import StrataTensor

/// A pre-norm transformer block on one sequence.
struct FrozenTransformerBlock: Sendable {
  let width: Int, heads: Int
  let qkv: DenseMap, projection: DenseMap
  let isCausal: Bool, isRotary: Bool
  private let attentionNorm: NormMap, feedForwardNorm: NormMap, hidden: DenseMap, output: DenseMap

  /// Rows that pass through the feed-forward branch together, at most `rows`: so many that the weights, which pass once for
  /// all of them, are not what it waits for, and so few that its wide middle stays in the second cache. Parts are nearly
  /// equal and whole tiles.
  private func chunk(rows: Int) -> Int {
    let tile = 12, most = max(2 * tile, Self.middleElements / max(hidden.outputs, 1))
    let parts = max((rows + most - 1) / most, 1)
    return max(min(rows, (rows + tile * parts - 1) / (tile * parts) * tile), 1)
  }

  /// The elements of the middle that take half of the second cache.
  private static let middleElements = sk_second_cache() / (2 * MemoryLayout<Float>.stride)

  init(_ block: TransformerBlock, _ packing: inout Packing) {
    width = block.attention.projection.weight.shape[0]
    heads = block.attention.heads
    (attentionNorm, feedForwardNorm) = (NormMap(block.attentionNorm), NormMap(block.feedForwardNorm))
    (qkv, projection) = (
      DenseMap(block.attention.qkv, packing.next()), DenseMap(block.attention.projection, packing.next())
    )
    (hidden, output) = (
      DenseMap(block.feedForward.hidden, packing.next()), DenseMap(block.feedForward.output, packing.next())
    )
    (isCausal, isRotary) = (block.attention.causal, block.attention.position != nil)
    require(
      block.feedForward.activation == .gelu, "FrozenModel: a feed-forward branch with \(block.feedForward.activation)")
  }

  var headWidth: Int { width / heads }

  /// The floats of scratch memory of the products of `rows` rows in the feed-forward branch, and of its middle.
  func feedForwardCounts(rows: Int) -> (product: Int, wide: Int) {
    let chunk = chunk(rows: rows)
    return (
      max(hidden.scratchCount(rows: chunk, xRow: width), output.scratchCount(rows: chunk, xRow: hidden.outputs)),
      chunk * hidden.outputs
    )
  }

  private func productScratchCount(sequences: Int, rows: Int) -> Int {
    let all = sequences * rows
    return max(
      qkv.scratchCount(rows: all, xRow: width), projection.scratchCount(rows: all, xRow: width),
      projection.scratchCount(rows: sequences, xRow: rows * width),
      feedForwardCounts(rows: all).product, (kernels.attention_scratch(rows, headWidth) + 3) / 4)
  }

  /// The floats of the widest rows between two maps.
  func wideCount(_ all: Int) -> Int { max(3 * all * width, feedForwardCounts(rows: all).wide) }

  func scratchCount(sequences: Int = 1, rows: Int) -> Int {
    let all = sequences * rows
    return 2 * all * width + 2 * all + wideCount(all) + productScratchCount(sequences: sequences, rows: rows)
  }

  /// Changes the rows of some sequences in place, or the first row of each if nobody reads the others.
  ///
  /// - Parameters:
  ///   - h: Shape `[sequences, rows, width]`.
  ///   - onlyFirst: Whether the first row of each sequence is all that is wanted; the other rows are then left alone.
  ///   - mask: Shape `[sequences, rows]`, zero where a row may not be seen.
  ///   - turns: For rotary positions, a cosine and a sine per pair of a head and row.
  func apply(
    _ h: UnsafeMutablePointer<Float>, sequences: Int = 1, rows: Int, onlyFirst: Bool = false,
    mask: UnsafePointer<Float>? = nil, turns: UnsafePointer<Float>? = nil, scratch: UnsafeMutablePointer<Float>
  ) {
    let all = sequences * rows
    let branch = scratch, chosen = branch + all * width, moments = chosen + all * width, wide = moments + 2 * all
    let product = wide + wideCount(all)
    let places = Places(branch: branch, chosen: chosen, moments: moments, wide: wide, product: product)
    let stride = onlyFirst ? rows * width : width, count = onlyFirst ? sequences : all
    forward(h, rows: all, results: count, resultRow: stride, places) {
      for sequence in 0..<sequences {
        if isRotary, let turns {
          for part in 0..<2 { turn(wide + (sequence * rows * 3 + part) * width, rows: rows, turns) }
        }
        attend(
          wide + sequence * rows * 3 * width, rows: rows, queries: onlyFirst ? 1 : rows,
          mask: mask.map { $0 + sequence * rows }, to: branch + sequence * rows * width, scratch: product)
      }
    }
  }

  /// Scratch memory of a forward pass of `rows` rows.
  struct Places {
    /// `rows · width` floats.
    let branch: UnsafeMutablePointer<Float>
    /// As many; not touched where every row is a result.
    let chosen: UnsafeMutablePointer<Float>
    /// `2 · rows` floats.
    let moments: UnsafeMutablePointer<Float>
    /// ``wideCount(_:)`` floats.
    let wide: UnsafeMutablePointer<Float>
    /// That of the products.
    let product: UnsafeMutablePointer<Float>
  }

  /// The forward pass, of windows and of streams: they differ in where attention finds keys and values.
  ///
  /// - Parameters:
  ///   - h: Rows, which change in place where they are results.
  ///   - rows: How many rows there are, one width apart.
  ///   - results: How many of them are results.
  ///   - resultRow: From one result to the next, in floats.
  ///   - places: Scratch memory.
  ///   - attend: Turns queries and keys, which lie in `places.wide` as rows of three widths, and leaves what attention says
  ///     of every result in the same row of `places.branch`.
  func forward(
    _ h: UnsafeMutablePointer<Float>, rows: Int, results: Int, resultRow: Int, _ places: Places, attend: () -> Void
  ) {
    attentionNorm.apply(h, to: places.branch, rows: rows, scratch: places.moments)
    qkv.apply(places.branch, row: width, to: places.wide, row: 3 * width, rows: rows, scratch: places.product)
    attend()
    projection.apply(
      places.branch, row: resultRow, to: h, row: resultRow, rows: results, finish: .add, scratch: places.product)
    let isPart = resultRow != width
    if isPart {
      for row in 0..<results { (places.chosen + row * width).update(from: h + row * resultRow, count: width) }
    }
    feedForward(h, row: resultRow, normalising: isPart ? places.chosen : h, rows: results, places)
  }

  /// Adds the feed-forward branch of contiguous rows `x` to the rows of `h`, which lie `row` apart.
  private func feedForward(
    _ h: UnsafeMutablePointer<Float>, row: Int, normalising x: UnsafePointer<Float>, rows: Int, _ places: Places
  ) {
    let branch = places.branch, wide = places.wide, product = places.product
    feedForwardNorm.apply(x, to: branch, rows: rows, scratch: places.moments)
    let chunk = chunk(rows: rows)
    for first in stride(from: 0, to: rows, by: chunk) {
      let part = min(chunk, rows - first)
      hidden.apply(
        branch + first * width, row: width, to: wide, row: hidden.outputs, rows: part, finish: .gelu, scratch: product)
      output.apply(
        wide, row: hidden.outputs, to: h + first * row, row: row, rows: part, finish: .add, scratch: product)
    }
  }

  /// Turns the heads of rows that lie three widths apart.
  func turn(_ x: UnsafeMutablePointer<Float>, rows: Int, _ turns: UnsafePointer<Float>) {
    kernels.turn_pairs(x, 3 * width, turns, rows, heads, headWidth, 1)
  }

  private func attend(
    _ qkv: UnsafePointer<Float>, rows: Int, queries: Int, mask: UnsafePointer<Float>?,
    to out: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
  ) {
    require(!isCausal || queries == rows, "FrozenModel: the first row of a causal block alone")
    let shape = sk_attention(
      queries: queries, keys: rows, width: headWidth, query_row: 3 * width, key_row: 3 * width, out_row: width,
      scale: 1 / Float(headWidth).squareRoot(), causal: isCausal ? 1 : 0)
    for head in 0..<heads {
      let q = qkv + head * headWidth
      kernels.attention(out + head * headWidth, q, q + width, q + 2 * width, shape, mask, scratch)
    }
  }
}
