internal import CStrataKernels

/// Returns `x + gelu(convolution(layerNorm(x)))`, one sequence at a time, as one operation.
///
/// The same as ``layerNorm(_:scale:shift:epsilon:)-(Tensor,_,_,_)``, ``causalConvolution(_:weight:bias:dilation:)-(Tensor,_,_,_)``,
/// ``gelu(_:approximation:)`` and a sum one after the other, up to rounding: here the intermediate results of a sequence
/// stay in the fast caches, and all gradients come from one pass. Only the sums before GELU are kept for it.
///
/// - Parameters:
///   - x: Shape `[batch, time, width]`.
///   - scale: Of the norm, shape `[width]`.
///   - shift: Of the norm, shape `[width]`.
///   - weight: Shape `[tap, width, width]`; the last tap is the current step.
///   - bias: Shape `[width]`.
///   - dilation: The steps between taps.
///   - epsilon: Added to the variance.
/// - Returns: Shape `[batch, time, width]`.
/// - Complexity: O(batch · time · tap · width²).
public func residualConvolution(
  _ x: Tensor, scale: Tensor, shift: Tensor, weight: Tensor, bias: Tensor, dilation: Int, epsilon: Float
) -> Tensor {
  let plan = ResidualConvolutionPlan(x.shape, weight.shape, dilation: dilation, epsilon: epsilon)
  for (name, vector) in [("scale", scale), ("shift", shift), ("bias", bias)] {
    require(
      vector.shape == [plan.width], "residualConvolution: \(name) \(vector.shape) does not fit width \(plan.width)")
  }
  let inputs = [x, scale, shift, weight, bias]
  let arrays = inputs.map(\.value)
  let (value, sums) = plan.result(arrays)
  return Tensor(value, "residualConvolution", from: inputs) { upstream, _ in
    plan.gradients(upstream, arrays, sums: sums)
  }
}

/// One residual convolution; operands in the order x, scale, shift, weight, bias.
private struct ResidualConvolutionPlan: Sendable {
  let batch: Int, time: Int, width: Int, taps: Int, dilation: Int
  let epsilon: Float
  /// The rows before the first that the first row sees.
  private var reach: Int { (taps - 1) * dilation }
  private var sequence: Int { time * width }

  init(_ x: Shape, _ weight: Shape, dilation: Int, epsilon: Float) {
    require(
      x.rank == 3 && weight.rank == 3 && weight[0] > 0 && x[2] == weight[1] && x[2] == weight[2],
      "residualConvolution: weight \(weight) does not fit input \(x)")
    require(dilation > 0, "residualConvolution: dilation \(dilation) is not positive")
    (batch, time, width, taps) = (x[0], x[1], x[2], weight[0])
    (self.dilation, self.epsilon) = (dilation, epsilon)
  }

  /// What a row of one sequence sees lies above it, or below it on the way back.
  private var shape: sk_dense_shape {
    sk_dense_shape(
      rows: time, taps: taps, inputs: width, outputs: width, x_row: width, tap_row: dilation * width, out_row: width)
  }

  private var packedCount: Int { (kernels.dense_float.packed_bytes(taps, width, width) + 3) / 4 }

  func result(_ arrays: [NDArray]) -> (value: NDArray, sums: NDArray) {
    let (x, weight) = (arrays[0], arrays[3])
    guard x.count > 0 else { return (x, x) }
    let memory = ProductScratch(floats: packedCount + (reach + time) * width + 2 * time)
    let packed = memory.start, padded = packed + packedCount, branch = padded + reach * width
    let moments = branch + sequence
    padded.update(repeating: 0, count: reach * width)
    let written = writing([x.shape, x.shape]) { written in
      withExtendedLifetime(arrays) {
        kernels.dense_float.pack(packed, weight.start, width, 1, taps, width, width)
        for b in 0..<batch {
          let from = x.start + b * sequence, sums = written[1] + b * sequence
          kernels.layer_norm(
            branch, moments, moments + time, from, arrays[1].start, arrays[2].start, time, width, epsilon)
          kernels.dense_float.apply(sums, padded, packed, arrays[4].start, shape, Int32(sk_after_nothing), nil)
          kernels.add_gelu(written[0] + b * sequence, from, sums, sequence)
        }
      }
    }
    return (written[0], written[1])
  }

  func gradients(_ upstream: NDArray, _ arrays: [NDArray], sums: NDArray) -> [NDArray?] {
    let (x, weight) = (arrays[0], arrays[3])
    guard x.count > 0 else { return arrays.map { NDArray($0.shape, repeating: 0) } }
    var dWeight = NDArray(weight.shape, repeating: 0)
    var vectors = [Double](repeating: 0, count: 3 * width)
    let product = min(time, kernels.depth) * roundedToPanel(width)
    let memory = ProductScratch(floats: packedCount + 2 * (reach + time) * width + sequence + 2 * time + product)
    let packed = memory.start, padded = packed + packedCount, branch = padded + reach * width
    let slopes = branch + sequence, normSlopes = slopes + sequence + reach * width, moments = normSlopes + sequence
    let scratch = moments + 2 * time
    padded.update(repeating: 0, count: reach * width)
    (slopes + sequence).update(repeating: 0, count: reach * width)
    let dx = NDArray(x.shape) { dx in
      dWeight.withMutableElements { dWeight in
        vectors.withUnsafeMutableBufferPointer { vectors in
          withExtendedLifetime((arrays, upstream, sums)) {
            packTransposed(weight.start, into: packed)
            for b in 0..<batch {
              let first = b * sequence, from = x.start + first, g = upstream.start + first
              kernels.gelu_and_bias_slope(slopes, vectors.baseAddress! + 2 * width, g, sums.start + first, time, width)
              kernels.layer_norm(
                branch, moments, moments + time, from, arrays[1].start, arrays[2].start, time, width, epsilon)
              for tap in 0..<taps {
                kernels.product(
                  dWeight.baseAddress! + tap * width * width, width, padded + tap * dilation * width, 1, width, slopes,
                  width, 0, width, width, time, 1, nil, 1, scratch)
              }
              kernels.dense_float.apply(normSlopes, slopes, packed, nil, shape, Int32(sk_after_nothing), nil)
              let to = dx.baseAddress! + first
              kernels.layer_norm_slope(
                to, vectors.baseAddress!, vectors.baseAddress! + width, normSlopes, from, moments, moments + time,
                arrays[1].start, time, width)
              kernels.axpy(to, 1, g, sequence)
            }
          }
        }
      }
    }
    let parts = (0..<3).map { part in NDArray([width], vectors[part * width..<(part + 1) * width].map { Float($0) }) }
    return [dx, parts[0], parts[1], dWeight, parts[2]]
  }

  /// Packs the weight for the way back: outputs become inputs, and the current step's tap comes first.
  private func packTransposed(_ weight: UnsafePointer<Float>, into packed: UnsafeMutablePointer<Float>) {
    let square = width * width
    let turned = ProductScratch(floats: taps * square)
    for tap in 0..<taps {
      let from = weight + (taps - 1 - tap) * square, to = turned.start + tap * square
      for row in 0..<width { for column in 0..<width { to[column * width + row] = from[row * width + column] } }
    }
    kernels.dense_float.pack(packed, turned.start, width, 1, taps, width, width)
  }
}
