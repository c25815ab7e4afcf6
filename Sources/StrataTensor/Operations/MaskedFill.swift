/// Returns the array with `filler` wherever the mask is not zero.
///
/// - Precondition: The mask broadcasts to the shape of `x`.
public func maskedFill(_ x: NDArray, where mask: NDArray, with filler: Float) -> NDArray {
  let result = x.broadcast(with: mask, "maskedFill") { $1 != 0 ? filler : $0 }
  require(result.shape == x.shape, "maskedFill: mask \(mask.shape) does not broadcast to \(x.shape)")
  return result
}

/// Returns the tensor with `filler` wherever the mask is not zero; no gradient flows there.
///
/// - Precondition: The mask broadcasts to the shape of `x`.
public func maskedFill(_ x: Tensor, where mask: NDArray, with filler: Float) -> Tensor {
  Tensor(
    maskedFill(x.value, where: mask, with: filler), "maskedFill",
    from: .input(x) { maskedFill($0, where: mask, with: 0) })
}
