#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
import StrataTensor

/// The mean of the cross-entropies of rows and of columns of a square matrix whose diagonal is right.
///
/// One pass over the matrix in either direction; only a number per row and column is kept between them.
func matchingCrossEntropy(_ logits: Tensor) -> Tensor {
  let count = logits.shape[0]
  let sums = MatchingSums(logits.value)
  var total = 0.0
  logits.value.withElements { logits in
    for i in 0..<count { total += Double(sums.rows[i]) + Double(sums.columns[i]) - 2 * Double(logits[i * count + i]) }
  }
  return Tensor(
    NDArray(scalar: Float(total / Double(2 * count))), "matchingCrossEntropy",
    from: .input(logits) { [logits = logits.value] upstream in
      sums.gradient(logits, scale: upstream.scalar / Float(2 * count))
    })
}

/// The logarithms of the sums of exponentials of every row and every column of a square matrix.
private struct MatchingSums: Sendable {
  let rows: [Float], columns: [Float]

  init(_ logits: NDArray) {
    let count = logits.shape[0]
    let (rowMaxima, columnMaxima) = (logits.max(over: [1]).elements, logits.max(over: [0]).elements)
    var (rowSums, columnSums) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
    logits.withElements { logits in
      for i in 0..<count {
        var sum = 0.0
        for j in 0..<count {
          let logit = logits[i * count + j]
          sum += Double(exp(logit - rowMaxima[i]))
          columnSums[j] += Double(exp(logit - columnMaxima[j]))
        }
        rowSums[i] = sum
      }
    }
    rows = zip(rowMaxima, rowSums).map { $0 + Float(log($1)) }
    columns = zip(columnMaxima, columnSums).map { $0 + Float(log($1)) }
  }

  func gradient(_ logits: NDArray, scale: Float) -> NDArray {
    let count = rows.count
    return NDArray(logits.shape) { gradient in
      logits.withElements { logits in
        for i in 0..<count {
          for j in 0..<count {
            let logit = logits[i * count + j]
            gradient[i * count + j] = scale * (exp(logit - rows[i]) + exp(logit - columns[j]))
          }
          gradient[i * count + i] -= 2 * scale
        }
      }
    }
  }
}
