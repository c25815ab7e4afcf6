import StrataModel
import StrataNeural

/// A temporal convolutional encoder: one window at a time, so that its activations stay in the fast caches.
struct FrozenConvolutionEncoder: FrozenEncoder {
  let width: Int
  let input: DenseMap
  let blocks: [Block]
  let norm: NormMap

  struct Block: Sendable {
    let norm: NormMap
    let convolution: DenseMap
    let dilation: Int
    /// The rows above the first that the first row sees.
    var reach: Int { (convolution.taps - 1) * dilation }

    /// The first taps, which see nothing in a window of `time` samples.
    func blindTaps(time: Int) -> Int { max(convolution.taps - 1 - (time - 1) / dilation, 0) }
    /// The rows above the first that the taps which see anything reach for.
    func margin(time: Int) -> Int { (convolution.taps - 1 - blindTaps(time: time)) * dilation }
    /// Where taps find what they see in a window of `time` samples.
    func taps(time: Int, width: Int) -> DenseMap.Taps {
      DenseMap.Taps(row: dilation * width, skipped: blindTaps(time: time), dilation: dilation)
    }
  }

  init(_ encoder: TemporalConvolutionEncoder, _ packing: inout Packing) {
    width = encoder.width
    input = DenseMap(encoder.input, packing.sensitive)
    blocks = encoder.blocks.map { block in
      Block(
        norm: NormMap(block.norm), convolution: DenseMap(block.convolution, packing.next()),
        dilation: block.convolution.dilation)
    }
    norm = NormMap(encoder.norm)
  }

  private func margin(time: Int) -> Int { blocks.reduce(0) { max($0, $1.margin(time: time)) } }

  private func productScratchCount(time: Int) -> Int {
    let convolutions = blocks.map { block in
      block.convolution.scratchCount(rows: time, xRow: width, taps: block.taps(time: time, width: width))
    }
    return convolutions.reduce(input.scratchCount(rows: time, xRow: input.inputs), max)
  }

  func scratchCount(time: Int) -> Int {
    (2 * time + margin(time: time)) * width + 2 * time + productScratchCount(time: time)
  }

  func constants(time: Int) -> Constants? { nil }

  func apply(
    _ x: UnsafePointer<Float>, time: Int, _ constants: Constants?, to features: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<Float>
  ) {
    let margin = margin(time: time), h = scratch, padded = h + time * width, branch = padded + margin * width
    let moments = branch + time * width, product = moments + 2 * time
    padded.update(repeating: 0, count: margin * width)
    input.apply(x, row: input.inputs, to: h, row: width, rows: time, scratch: product)
    for index in blocks.indices {
      let block = blocks[index]
      block.norm.apply(h, to: branch, rows: time, scratch: moments)
      block.convolution.apply(
        branch - block.margin(time: time) * width, row: width, taps: block.taps(time: time, width: width), to: h,
        row: width, rows: time, finish: [.gelu, .add], scratch: product)
    }
    norm.apply(h, to: features, rows: time, scratch: moments)
  }
}
