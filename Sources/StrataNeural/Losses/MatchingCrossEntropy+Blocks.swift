import StrataTensor

/// The matching cross-entropy of `a · bᵀ / temperature` without the matrix in memory.
///
/// Forward, blocks of the matrix leave the logarithms of their sums of exponentials; back, each block is computed again.
/// Blocks of rows are shared among threads, and what they add to one place is added in their order.
func matchingCrossEntropy(_ a: Tensor, _ b: Tensor, temperature: Tensor, threads: Int) -> Tensor {
  let blocks = MatchingBlocks(a.value, b.value, temperature: temperature.value.scalar, threads: threads)
  return Tensor(NDArray(scalar: blocks.loss), "matchingCrossEntropy", from: [a, b, temperature]) { upstream, wanted in
    let gradients = blocks.gradients(scale: upstream.scalar / Float(2 * a.shape[0]))
    return zip([gradients.a, gradients.b, gradients.temperature], wanted).map { $1 ? $0 : nil }
  }
}

/// A square matrix of logits as blocks that are computed when they are needed.
private struct MatchingBlocks: Sendable {
  private let a: NDArray, b: NDArray
  private let temperature: Float
  private let threads: Int
  /// The logarithms of the sums of exponentials of every row, as a column, and of every column.
  private let rows: NDArray, columns: NDArray
  let loss: Float

  init(_ a: NDArray, _ b: NDArray, temperature: Float, threads: Int) {
    let parts = parallelMap(count: Self.blockCount(a), threads: threads) { block in
      let left = a.rows(Self.range(block, of: a)) / temperature
      var (rows, columns): ([NDArray], [NDArray]) = ([], [])
      for strip in Self.strips(of: b) {
        let logits = matmul(left, b.rows(strip), transposeB: true)
        rows.append(logSumExp(logits))
        columns.append(logSumExpOfColumns(logits))
      }
      return (rows: logSumExp(stack(rows, axis: 1)), columns: concatenate(columns, axis: 0))
    }
    rows = concatenate(parts.map(\.rows), axis: 0).reshaped([a.shape[0], 1])
    columns = logSumExpOfColumns(stack(parts.map(\.columns), axis: 0))
    let right = (a * b).total / Double(temperature)
    loss = Float((rows.total + columns.total - 2 * right) / Double(2 * a.shape[0]))
    (self.a, self.b, self.temperature, self.threads) = (a, b, temperature, threads)
  }

  /// The gradients of `scale · Σ (row and column cross-entropies)`.
  func gradients(scale: Float) -> (a: NDArray, b: NDArray, temperature: NDArray) {
    // The diagonal comes first; every block adds the probabilities of its rows and columns.
    let slope = scale / temperature
    let total = parallelFold(count: Self.blockCount(a), threads: threads, into: (a: [NDArray](), b: a * (-2 * slope))) {
      block in
      let range = Self.range(block, of: a)
      let left = a.rows(range) / temperature, scaled = a.rows(range) * slope, rows = rows.rows(range)
      var (gradient, others) = (b.rows(range) * -2, [NDArray]())
      for strip in Self.strips(of: b) {
        let logits = matmul(left, b.rows(strip), transposeB: true)
        let probabilities = exp(logits - rows) + exp(logits - columns.rows(strip))
        gradient = gradient + matmul(probabilities, b.rows(strip))
        others.append(matmul(probabilities, scaled, transposeA: true))
      }
      return (a: gradient * slope, b: concatenate(others, axis: 0))
    } combine: { total, block in
      total.a.append(block.a)
      total.b = total.b + block.b
    }
    let gradient = concatenate(total.a, axis: 0)
    return (gradient, total.b, NDArray(scalar: Float(-(gradient * a).total / Double(temperature))))
  }

  /// So many rows share the work of one thread, and so many columns make a block, which a cache holds.
  private static let blockRows = 1024, stripColumns = 128

  private static func blockCount(_ a: NDArray) -> Int { (a.shape[0] + blockRows - 1) / blockRows }

  private static func range(_ block: Int, of a: NDArray) -> Range<Int> {
    block * blockRows..<min((block + 1) * blockRows, a.shape[0])
  }

  private static func strips(of b: NDArray) -> [Range<Int>] {
    stride(from: 0, to: b.shape[0], by: stripColumns).map { $0..<min($0 + stripColumns, b.shape[0]) }
  }
}

/// The logarithm of the sum of exponentials of every column of a matrix.
private func logSumExpOfColumns(_ x: NDArray) -> NDArray {
  let greatest = x.max(over: [0])
  return greatest + log(exp(x - greatest).sum(over: [0]))
}
