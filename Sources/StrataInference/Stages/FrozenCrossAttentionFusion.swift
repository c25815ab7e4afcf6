internal import CStrataKernels
import StrataModel
import StrataNeural
import StrataTensor

/// One learned query that attends to every sample of every layer.
struct FrozenCrossAttentionFusion: FrozenFusion {
  private let tokens: [DenseMap], query: DenseMap, keysAndValues: DenseMap, projection: DenseMap
  private let hidden: DenseMap, feedForwardOutput: DenseMap, output: DenseMap
  private let start: Constants, modality: Constants
  private let memoryNorm: NormMap, feedForwardNorm: NormMap, norm: NormMap
  private let heads: Int

  init(_ fusion: CrossAttentionFusion, _ packing: inout Packing) {
    tokens = fusion.tokens.map { DenseMap($0, packing.next()) }
    let (qkv, latent) = (fusion.attention.qkv, fusion.query.shape[0])
    func part(_ outputs: Range<Int>) -> DenseMap {
      DenseMap(
        weight: qkv.weight.slice(axis: 1, outputs).value, bias: qkv.bias?.slice(axis: 0, outputs).value, packing.next())
    }
    (query, keysAndValues) = (part(0..<latent), part(latent..<3 * latent))
    projection = DenseMap(fusion.attention.projection, packing.next())
    hidden = DenseMap(fusion.feedForward.hidden, packing.next())
    feedForwardOutput = DenseMap(fusion.feedForward.output, packing.next())
    output = DenseMap(fusion.output, packing.next())
    (start, modality) = (Constants(fusion.query.value.elements), Constants(fusion.modality.value.elements))
    memoryNorm = NormMap(fusion.memoryNorm)
    (feedForwardNorm, norm) = (NormMap(fusion.feedForwardNorm), NormMap(fusion.norm))
    heads = fusion.attention.heads
  }

  private var latent: Int { start.count }
  private func keyCount(_ time: Int) -> Int { 1 + tokens.count * time }

  var readsFeatures: Bool { true }

  private func productScratchCount(time: Int) -> Int {
    let steps = tokens.map { $0.scratchCount(rows: time, xRow: $0.inputs) }.reduce(0, max)
    let rows = [query, projection, hidden, feedForwardOutput, output].map { $0.scratchCount(rows: 1, xRow: $0.inputs) }
    return max(
      rows.reduce(steps, max), keysAndValues.scratchCount(rows: keyCount(time), xRow: latent),
      (kernels.attention_scratch(keyCount(time), latent / heads) + 3) / 4)
  }

  func scratchCount(windows: Int, time: Int) -> Int {
    let keys = keyCount(time)
    return keys * (4 * latent + 3) + 4 * latent + hidden.outputs + productScratchCount(time: time)
  }

  func apply(_ rows: LayerRows, to joint: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>) {
    require(rows.windows == 1, "FrozenModel: features of \(rows.windows) windows at once")
    let keys = keyCount(rows.time)
    let memory = scratch, normed = memory + keys * latent, pairs = normed + keys * latent
    let visible = pairs + 2 * keys * latent, moments = visible + keys
    let asked = moments + 2 * keys, attended = asked + latent, h = attended + latent, branch = h + latent
    let middle = branch + latent, product = middle + hidden.outputs
    memory.update(from: start.start, count: latent)
    visible[0] = 1
    for layer in tokens.indices {
      let first = 1 + layer * rows.time, width = tokens[layer].inputs
      for step in first..<first + rows.time {
        (memory + step * latent).update(from: modality.start + layer * latent, count: latent)
        visible[step] = rows.presence[layer]
      }
      tokens[layer].apply(
        rows.features + layer * rows.time * width, row: width, to: memory + first * latent, row: latent,
        rows: rows.time, finish: .add, scratch: product)
    }
    memoryNorm.apply(memory, to: normed, rows: keys, scratch: moments)
    query.apply(normed, row: latent, to: asked, row: latent, rows: 1, scratch: product)
    keysAndValues.apply(normed, row: latent, to: pairs, row: 2 * latent, rows: keys, scratch: product)
    let headWidth = latent / heads
    let shape = sk_attention(
      queries: 1, keys: keys, width: headWidth, query_row: latent, key_row: 2 * latent, out_row: latent,
      scale: 1 / Float(headWidth).squareRoot(), causal: 0)
    for head in 0..<heads {
      let place = head * headWidth
      kernels.attention(
        attended + place, asked + place, pairs + place, pairs + latent + place, shape, visible, product)
    }
    h.update(from: start.start, count: latent)
    projection.apply(attended, row: latent, to: h, row: latent, rows: 1, finish: .add, scratch: product)
    feedForwardNorm.apply(h, to: branch, rows: 1, scratch: moments)
    hidden.apply(branch, row: latent, to: middle, row: hidden.outputs, rows: 1, finish: .gelu, scratch: product)
    feedForwardOutput.apply(
      middle, row: hidden.outputs, to: h, row: latent, rows: 1, finish: .add, scratch: product)
    norm.apply(h, to: branch, rows: 1, scratch: moments)
    output.apply(branch, row: latent, to: joint, row: latent, rows: 1, scratch: product)
  }
}
