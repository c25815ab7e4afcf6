import StrataModel
import StrataNeural

/// A temporal convolutional encoder: one window at a time, so that its activations stay in the fast caches.
struct FrozenConvolutionEncoder: FrozenEncoder {
  let width: Int
  private let input: DenseMap
  private let blocks: [Block]
  private let norm: NormMap

  struct Block: Sendable {
    let norm: NormMap
    let convolution: DenseMap
    let dilation: Int
    /// The rows above the first that the first row sees.
    var reach: Int { (convolution.taps - 1) * dilation }
  }

  init(_ encoder: TemporalConvolutionEncoder, _ precision: Precision) {
    width = encoder.width
    input = DenseMap(encoder.input, precision)
    blocks = encoder.blocks.map { block in
      Block(
        norm: NormMap(block.norm), convolution: DenseMap(block.convolution, precision),
        dilation: block.convolution.dilation)
    }
    norm = NormMap(encoder.norm)
  }

  private var reach: Int { blocks.map(\.reach).max() ?? 0 }

  private func productScratchCount(time: Int) -> Int {
    blocks.map { $0.convolution.scratchCount(rows: time, xRow: width, tapRow: $0.dilation * width) }
      .reduce(input.scratchCount(rows: time, xRow: input.inputs), max)
  }

  func scratchCount(time: Int) -> Int { (2 * time + reach) * width + 2 * time + productScratchCount(time: time) }

  func constants(time: Int) -> Constants? { nil }

  func apply(
    _ x: UnsafePointer<Float>, time: Int, _ constants: Constants?, to features: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<Float>
  ) {
    let h = scratch, padded = h + time * width, branch = padded + reach * width
    let moments = branch + time * width, product = moments + 2 * time
    padded.update(repeating: 0, count: reach * width)
    input.apply(x, row: input.inputs, to: h, row: width, rows: time, scratch: product)
    for index in blocks.indices {
      let block = blocks[index]
      block.norm.apply(h, to: branch, rows: time, scratch: moments)
      block.convolution.apply(
        branch - block.reach * width, row: width, tap: block.dilation * width, to: h, row: width, rows: time,
        finish: [.gelu, .add], scratch: product)
    }
    norm.apply(h, to: features, rows: time, scratch: moments)
  }
}
