import StrataModel
import StrataTensor

/// A class token and one token per layer, through one transformer block.
struct FrozenBottleneckFusion: FrozenFusion {
  private let tokens: [DenseMap], output: DenseMap
  private let classToken: Constants, modality: Constants
  private let block: FrozenTransformerBlock
  private let norm: NormMap

  init(_ fusion: BottleneckFusion, _ precision: Precision) {
    tokens = fusion.tokens.map { DenseMap($0, precision) }
    output = DenseMap(fusion.output, precision)
    (classToken, modality) = (Constants(fusion.classToken.value.elements), Constants(fusion.modality.value.elements))
    block = FrozenTransformerBlock(fusion.block, precision)
    norm = NormMap(fusion.norm)
  }

  private var latent: Int { classToken.count }
  private var rowCount: Int { tokens.count + 1 }

  func scratchCount(time: Int) -> Int {
    let maps = (tokens + [output]).map { $0.scratchCount(rows: 1, xRow: $0.inputs) }.reduce(0, max)
    return (rowCount + 1) * latent + rowCount + 2 + max(maps, block.scratchCount(rows: rowCount))
  }

  func apply(_ rows: LayerRows, to joint: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>) {
    let sequence = scratch, normed = sequence + rowCount * latent, visible = normed + latent
    let moments = visible + rowCount, product = moments + 2
    sequence.update(from: classToken.start, count: latent)
    (sequence + latent).update(from: modality.start, count: tokens.count * latent)
    visible[0] = 1
    for layer in tokens.indices {
      let width = tokens[layer].inputs
      visible[layer + 1] = rows.presence[layer]
      tokens[layer].apply(
        rows.pooled + layer * width, row: width, to: sequence + (layer + 1) * latent, row: latent, rows: 1,
        finish: .add, scratch: product)
    }
    block.apply(sequence, rows: rowCount, wanted: 1, mask: visible, scratch: product)
    norm.apply(sequence, to: normed, rows: 1, scratch: moments)
    output.apply(normed, row: latent, to: joint, row: latent, rows: 1, scratch: product)
  }
}
