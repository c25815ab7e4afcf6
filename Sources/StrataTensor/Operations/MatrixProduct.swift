/// Returns the product of matrices, over any number of batch axes.
///
/// - Parameters:
///   - a: Shape `[..., m, k]`, or `[..., k, m]` when transposed.
///   - b: Shape `[..., k, n]`, or `[..., n, k]` when transposed.
///   - transposeA: Whether `a`'s last two axes are exchanged in the product.
///   - transposeB: Whether `b`'s last two axes are exchanged in the product.
/// - Returns: Shape `[..., m, n]`.
/// - Precondition: The inner extents agree, and the batch axes are equal or absent from one operand, which is then
///   shared by all products.
public func matmul(_ a: Tensor, _ b: Tensor, transposeA: Bool = false, transposeB: Bool = false) -> Tensor {
  let (x, y) = (a.value, b.value)
  let value = matmul(x, y, transposeA: transposeA, transposeB: transposeB)
  return Tensor(
    value, "matmul",
    from: .input(a) { upstream in
      transposeA
        ? product(y, upstream, transposeB, true, into: x.shape)
        : product(upstream, y, false, !transposeB, into: x.shape)
    },
    .input(b) { upstream in
      transposeB
        ? product(upstream, x, true, transposeA, into: y.shape)
        : product(x, upstream, !transposeA, false, into: y.shape)
    })
}

/// Returns the product of matrices, over any number of batch axes.
public func matmul(_ a: NDArray, _ b: NDArray, transposeA: Bool = false, transposeB: Bool = false) -> NDArray {
  require(a.shape.rank >= 2 && b.shape.rank >= 2, "matmul: \(a.shape) and \(b.shape) are not both matrices")
  let (batchA, batchB) = (a.shape.dimensions.dropLast(2), b.shape.dimensions.dropLast(2))
  require(
    batchA == batchB || batchA.isEmpty || batchB.isEmpty, "matmul: batch axes differ: \(a.shape) and \(b.shape)")
  let rows = a.shape[transposeA ? -1 + a.shape.rank : a.shape.rank - 2]
  let columns = b.shape[transposeB ? b.shape.rank - 2 : b.shape.rank - 1]
  let batch = batchA.isEmpty ? batchB : batchA
  return product(a, b, transposeA, transposeB, into: Shape(batch + [rows, columns]))
}

/// Multiplies into `shape`; where that has no batch axes but an operand does, sums the products over the batch.
func product(_ a: NDArray, _ b: NDArray, _ transposeA: Bool, _ transposeB: Bool, into shape: Shape) -> NDArray {
  var (left, right, result) = (MatrixStack(a.shape), MatrixStack(b.shape), MatrixStack(shape))
  let (m, n) = (result.rows, result.columns)
  let k = transposeA ? left.rows : left.columns
  require(
    k == (transposeB ? right.columns : right.rows) && m == (transposeA ? left.columns : left.rows)
      && n == (transposeB ? right.rows : right.columns),
    "matmul: inner dimensions differ: \(a.shape)\(transposeA ? " transposed" : "") and "
      + "\(b.shape)\(transposeB ? " transposed" : "")")
  var (rows, inner) = (m, k)
  if left.count > 1, result.count == left.count, right.count == 1, !transposeA {
    rows *= left.count
    (left.count, result.count) = (1, 1)
  } else if result.count == 1, left.count == right.count, transposeA, !transposeB {
    inner *= left.count
    (left.count, right.count) = (1, 1)
  }
  let products = max(left.count, right.count)
  return NDArray(shape) { out in
    if result.elementCount == 0 || rows == 0 { return }
    if inner == 0 || products == 0 { return out.initialize(repeating: 0) }
    let scratch = ProductScratch(columns: n, inner: inner)
    a.withElements { a in
      b.withElements { b in
        for i in 0..<products {
          multiply(
            MatrixView(
              a.baseAddress! + (left.count > 1 ? i * left.stride : 0), stride: left.columns, transposed: transposeA),
            MatrixView(
              b.baseAddress! + (right.count > 1 ? i * right.stride : 0), stride: right.columns, transposed: transposeB),
            into: out.baseAddress! + (result.count > 1 ? i * result.stride : 0), stride: n, rows: rows, columns: n,
            inner: inner, accumulating: result.count == 1 && i > 0, scratch)
        }
      }
    }
  }
}

/// A shape seen as a number of matrices one after another.
private struct MatrixStack {
  var count: Int
  let rows: Int, columns: Int
  var stride: Int { rows * columns }
  var elementCount: Int { count * stride }

  init(_ shape: Shape) {
    (rows, columns) = (shape[shape.rank - 2], shape[shape.rank - 1])
    count = shape.dimensions.dropLast(2).reduce(1, *)
  }
}
