import StrataModel
import StrataNeural
import StrataTensor

/// A transformer over patches of consecutive samples.
struct FrozenTransformerEncoder: FrozenEncoder {
  let width: Int
  let patch: Int
  let positions: PatchTransformerConfiguration.Positions
  private let rotary: RotaryEmbedding
  /// By how much the pairs of a head turn per token; none where positions are added.
  let frequencies: [Double]
  let input: DenseMap
  let blocks: [FrozenTransformerBlock]
  let norm: NormMap
  private let expansion: DenseMap?

  init(_ encoder: PatchTransformerEncoder, _ packing: inout Packing) {
    (width, patch, positions) = (encoder.width, encoder.patch, encoder.positions)
    rotary = encoder.blocks.first?.attention.position ?? RotaryEmbedding()
    let heads = encoder.positions == .rotary ? encoder.blocks.first?.attention.heads : nil
    let base = rotary.base
    frequencies = heads.map { pairFrequencies(headWidth: encoder.width / $0, base: base) } ?? []
    input = DenseMap(encoder.input, packing.sensitive)
    blocks = encoder.blocks.map { FrozenTransformerBlock($0, &packing) }
    norm = NormMap(encoder.norm)
    expansion = encoder.expansion.map { DenseMap($0, packing.next()) }
  }

  private func tokens(_ time: Int) -> Int { (time + patch - 1) / patch }

  private func productScratchCount(_ count: Int) -> Int {
    let maps = input.scratchCount(rows: count, xRow: input.inputs)
    let expansion = expansion.map { $0.scratchCount(rows: count, xRow: width) } ?? 0
    return blocks.map { $0.scratchCount(rows: count) }.reduce(max(maps, expansion), max)
  }

  func scratchCount(time: Int) -> Int {
    let count = tokens(time)
    let steps = patch > 1 ? count * (input.inputs + patch * width) : 0
    return 2 * count * width + 2 * count + steps + productScratchCount(count)
  }

  /// The positions to add, of shape `[token, width]`, or the turns of a head, of shape `[token, head width]`.
  func constants(time: Int) -> Constants? {
    let count = tokens(time)
    switch positions {
    case .sinusoidal: return Constants(sinusoidalPositions(length: count, width: width).elements)
    case .rotary:
      return blocks.first.map { Constants(rotary.turns(length: count, headWidth: $0.headWidth).elements) }
    }
  }

  func apply(
    _ x: UnsafePointer<Float>, time: Int, _ constants: Constants?, to features: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<Float>
  ) {
    let count = tokens(time), missing = count * patch - time
    let h = scratch, normed = h + count * width, moments = normed + count * width
    let filled = moments + 2 * count, steps = filled + (patch > 1 ? count * input.inputs : 0)
    let product = steps + (patch > 1 ? count * patch * width : 0)
    if patch > 1 {
      // The newest patch is whole; the oldest is filled up with zeros.
      let inputs = input.inputs / patch
      filled.update(repeating: 0, count: missing * inputs)
      (filled + missing * inputs).update(from: x, count: time * inputs)
      input.apply(filled, row: input.inputs, to: h, row: width, rows: count, scratch: product)
    } else {
      input.apply(x, row: input.inputs, to: h, row: width, rows: count, scratch: product)
    }
    if positions == .sinusoidal, let constants {
      for index in 0..<count * width { h[index] += constants.start[index] }
    }
    for index in blocks.indices {
      blocks[index].apply(h, rows: count, turns: constants?.start, scratch: product)
    }
    guard let expansion else { return norm.apply(h, to: features, rows: count, scratch: moments) }
    norm.apply(h, to: normed, rows: count, scratch: moments)
    expansion.apply(normed, row: width, to: steps, row: patch * width, rows: count, scratch: product)
    features.update(from: steps + missing * width, count: time * width)
  }
}
