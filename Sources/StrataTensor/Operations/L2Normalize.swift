internal import CStrataKernels

/// Returns each vector of the last axis divided by its Euclidean norm, or by `epsilon` where the norm is smaller.
public func l2Normalize(_ x: Tensor, epsilon: Float = 1e-12) -> Tensor {
  let (y, norms) = normalized(x.value, epsilon)
  return Tensor(
    y, "l2Normalize",
    from: .input(x) { upstream in
      NDArray(y.shape) { out in
        guard out.count > 0 else { return }
        withExtendedLifetime((upstream, y, norms)) {
          kernels.l2_normalize_slope(
            out.baseAddress!, upstream.start, y.start, norms.start, norms.count, y.count / norms.count, epsilon)
        }
      }
    })
}

/// Returns each vector of the last axis divided by its Euclidean norm, or by `epsilon` where the norm is smaller.
public func l2Normalize(_ x: NDArray, epsilon: Float = 1e-12) -> NDArray { normalized(x, epsilon).value }

private func normalized(_ x: NDArray, _ epsilon: Float) -> (value: NDArray, norms: NDArray) {
  var norms = NDArray([x.shape.rowCount], repeating: 0)
  let value = NDArray(x.shape) { out in
    guard out.count > 0 else { return }
    norms.withMutableElements { norms in
      withExtendedLifetime(x) {
        kernels.l2_normalize(
          out.baseAddress!, norms.baseAddress!, x.start, norms.count, x.count / norms.count, epsilon)
      }
    }
  }
  return (value, norms)
}
