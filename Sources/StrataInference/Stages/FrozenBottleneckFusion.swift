import StrataModel
import StrataTensor

/// A class token and one token per layer, through one transformer block.
struct FrozenBottleneckFusion: FrozenFusion {
  private let tokens: [DenseMap], output: DenseMap
  private let classToken: Constants, modality: Constants
  private let block: FrozenTransformerBlock
  private let norm: NormMap

  init(_ fusion: BottleneckFusion, _ packing: inout Packing) {
    tokens = fusion.tokens.map { DenseMap($0, packing.sensitive) }
    output = DenseMap(fusion.output, packing.sensitive)
    (classToken, modality) = (Constants(fusion.classToken.value.elements), Constants(fusion.modality.value.elements))
    block = FrozenTransformerBlock(fusion.block, &packing)
    norm = NormMap(fusion.norm)
  }

  private var latent: Int { classToken.count }
  private var rowCount: Int { tokens.count + 1 }

  func scratchCount(windows: Int, time: Int) -> Int {
    let maps = tokens.map { $0.scratchCount(rows: windows, xRow: tokens.count * $0.inputs) }
    let product = maps.reduce(output.scratchCount(rows: windows, xRow: latent), max)
    let block = block.scratchCount(sequences: windows, rows: rowCount)
    return windows * ((rowCount + 2) * latent + rowCount + 2) + max(product, block)
  }

  func apply(_ rows: LayerRows, to joint: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>) {
    let count = rows.windows, sequence = rowCount * latent
    let sequences = scratch, chosen = sequences + count * sequence, normed = chosen + count * latent
    let visible = normed + count * latent, moments = visible + count * rowCount, product = moments + 2 * count
    for window in 0..<count {
      let start = sequences + window * sequence
      start.update(from: classToken.start, count: latent)
      (start + latent).update(from: modality.start, count: tokens.count * latent)
      visible[window * rowCount] = 1
      (visible + window * rowCount + 1).update(from: rows.presence + window * tokens.count, count: tokens.count)
    }
    for layer in tokens.indices {
      let width = tokens[layer].inputs
      tokens[layer].apply(
        rows.pooled + layer * width, row: tokens.count * width, to: sequences + (layer + 1) * latent, row: sequence,
        rows: count, finish: .add, scratch: product)
    }
    block.apply(sequences, sequences: count, rows: rowCount, onlyFirst: true, mask: visible, scratch: product)
    for window in 0..<count { (chosen + window * latent).update(from: sequences + window * sequence, count: latent) }
    norm.apply(chosen, to: normed, rows: count, scratch: moments)
    output.apply(normed, row: latent, to: joint, row: latent, rows: count, scratch: product)
  }
}
