/// Returns `x · weight + bias`, as one operation: the result is written once, and one pullback serves all inputs.
///
/// - Parameters:
///   - x: Shape `[..., inputs]`.
///   - weight: Shape `[inputs, outputs]`.
///   - bias: Shape `[outputs]`; `nil` adds nothing.
/// - Returns: Shape `[..., outputs]`.
public func affine(_ x: Tensor, weight: Tensor, bias: Tensor?) -> Tensor {
  let (value, matrix) = (x.value, weight.value)
  return Tensor(
    affine(value, weight: matrix, bias: bias?.value), "affine",
    from: [x, weight] + [bias].compactMap(\.self)
  ) { upstream, wanted in
    let rows = Shape([upstream.shape.rowCount, upstream.shape.last])
    let g = upstream.reshaped(rows)
    let ofProduct = [
      wanted[0] ? matmul(g, matrix, transposeB: true).reshaped(value.shape) : nil,
      wanted[1] ? matmul(value.reshaped([rows[0], value.shape.last]), g, transposeA: true) : nil,
    ]
    return ofProduct + wanted.dropFirst(2).map { $0 ? g.sum(over: [0]) : nil }
  }
}

/// Returns `x · weight + bias`; see the differentiable form.
public func affine(_ x: NDArray, weight: NDArray, bias: NDArray?) -> NDArray {
  let (rows, inputs) = (x.shape.rowCount, x.shape.last)
  require(
    x.shape.rank > 0 && weight.shape.rank == 2 && weight.shape[0] == inputs
      && (bias.map { $0.shape == [weight.shape[1]] } ?? true),
    "affine: weight \(weight.shape) and bias \(bias.map { "\($0.shape)" } ?? "none") do not fit \(x.shape)")
  let outputs = weight.shape[1]
  return NDArray(Shape(x.shape.dimensions.dropLast() + [outputs])) { out in
    guard out.count > 0 else { return }
    let scratch = ProductScratch(columns: outputs, inner: inputs)
    withExtendedLifetime((x, weight, bias)) {
      multiply(
        MatrixView(x.start, stride: inputs), MatrixView(weight.start, stride: outputs), into: out.baseAddress!,
        stride: outputs, rows: rows, columns: outputs, inner: inputs, bias: bias?.start, scratch)
    }
  }
}
