internal import CStrataKernels

/// Returns the tensor with each element zeroed with probability `rate`, and the others scaled by `1 / (1 - rate)`.
///
/// The pullback draws the same numbers again, so nothing is stored.
///
/// - Precondition: `rate` is at least zero and less than one.
///
/// Reference: Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", JMLR 15, 2014.
public func dropout(_ x: Tensor, rate: Float, using generator: inout Generator) -> Tensor {
  require(rate >= 0 && rate < 1, "dropout: rate \(rate) is not in 0..<1")
  if rate == 0 { return x }
  let pattern = generator.reserve((x.shape.elementCount + 1) / 2)
  return Tensor(
    dropped(x.value, rate, pattern), "dropout", from: .input(x) { dropped($0, rate, pattern) })
}

/// Zeroes what the reserved random words say, one half of a word per element.
private func dropped(_ x: NDArray, _ rate: Float, _ pattern: Generator.Reserved) -> NDArray {
  NDArray(x.shape) { out in
    guard out.count > 0 else { return }
    x.withElements { x in
      kernels.dropout(
        out.baseAddress!, x.baseAddress!, x.count, pattern.state, pattern.step, UInt64((1 - Double(rate)) * 0x1p32),
        1 / (1 - rate))
    }
  }
}
