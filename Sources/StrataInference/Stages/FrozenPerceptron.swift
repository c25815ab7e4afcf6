import StrataNeural
import StrataTensor

/// Two affine maps with GELU between them, of single rows of pooled features.
struct FrozenPerceptron: Sendable {
  private let hidden: DenseMap, output: DenseMap

  init(_ mlp: MLP, _ packing: Packing) {
    require(mlp.activation == .gelu, "FrozenModel: a perceptron with \(mlp.activation)")
    (hidden, output) = (DenseMap(mlp.hidden, packing.sensitive), DenseMap(mlp.output, packing.sensitive))
  }

  var scratchCount: Int {
    hidden.outputs
      + max(
        hidden.scratchCount(rows: 1, xRow: hidden.inputs), output.scratchCount(rows: 1, xRow: output.inputs))
  }

  func apply(_ x: UnsafePointer<Float>, to out: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>) {
    let middle = scratch, product = scratch + hidden.outputs
    hidden.apply(x, row: hidden.inputs, to: middle, row: hidden.outputs, rows: 1, finish: .gelu, scratch: product)
    output.apply(middle, row: hidden.outputs, to: out, row: output.outputs, rows: 1, scratch: product)
  }
}
