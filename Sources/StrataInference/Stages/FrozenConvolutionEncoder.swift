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
    forward(x, rows: time, to: features, h, normed: branch, moments, product) { index in
      let block = blocks[index]
      return RowsSeen(
        start: UnsafePointer(branch - block.margin(time: time) * width), row: width,
        taps: block.taps(time: time, width: width))
    }
  }

  /// Where a convolution finds the rows that it sees.
  struct RowsSeen {
    let start: UnsafePointer<Float>
    /// From the first row that one result sees to that of the next.
    let row: Int
    let taps: DenseMap.Taps
  }

  /// The forward pass, of windows and of streams: they differ in where convolutions find the rows that they see.
  ///
  /// - Parameters:
  ///   - x: The views of the samples, of shape `[rows, inputs]`.
  ///   - features: Where the result goes, of shape `[rows, width]`.
  ///   - h: Room for `rows · width` floats.
  ///   - normed: Room for as many, which may be that of the features: normalised rows, before `rowsSeen` is asked.
  ///   - moments: Room for `2 · rows` floats.
  ///   - product: Scratch memory of the products.
  ///   - rowsSeen: The rows that the convolution of a block sees.
  func forward(
    _ x: UnsafePointer<Float>, rows: Int, to features: UnsafeMutablePointer<Float>, _ h: UnsafeMutablePointer<Float>,
    normed: UnsafeMutablePointer<Float>, _ moments: UnsafeMutablePointer<Float>, _ product: UnsafeMutablePointer<Float>,
    rowsSeen: (_ block: Int) -> RowsSeen
  ) {
    input.apply(x, row: input.inputs, to: h, row: width, rows: rows, scratch: product)
    for index in blocks.indices {
      blocks[index].norm.apply(h, to: normed, rows: rows, scratch: moments)
      let seen = rowsSeen(index)
      blocks[index].convolution.apply(
        seen.start, row: seen.row, taps: seen.taps, to: h, row: width, rows: rows, finish: [.gelu, .add],
        scratch: product)
    }
    norm.apply(h, to: features, rows: rows, scratch: moments)
  }
}
