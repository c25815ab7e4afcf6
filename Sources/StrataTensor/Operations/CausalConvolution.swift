/// Returns the causal dilated convolution of sequences: each result sees its own step and earlier ones only.
///
/// - Parameters:
///   - x: Shape `[batch, time, inputs]`.
///   - weight: Shape `[tap, inputs, outputs]`; the last tap is the current step, the one before it lies `dilation`
///     steps back, and so on. Steps before the first are zero.
///   - bias: Shape `[outputs]`.
///   - dilation: The steps between taps.
/// - Returns: Shape `[batch, time, outputs]`.
/// - Complexity: O(batch · time · tap · inputs · outputs); one matrix product per sequence and tap, on views of `x`.
///
/// Reference: van den Oord et al., "WaveNet: A Generative Model for Raw Audio", 2016.
public func causalConvolution(_ x: Tensor, weight: Tensor, bias: Tensor?, dilation: Int = 1) -> Tensor {
  let convolution = CausalConvolutionPlan(x.shape, weight.shape, bias?.shape, dilation)
  let (input, kernel) = (x.value, weight.value)
  let value = convolution.result(input, kernel, bias?.value)
  return Tensor(value, "causalConvolution", from: [x, weight] + (bias.map { [$0] } ?? [])) { upstream, wanted in
    [
      wanted[0] ? convolution.inputGradient(upstream, kernel) : nil,
      wanted[1] ? convolution.weightGradient(upstream, input) : nil,
    ] + wanted.dropFirst(2).map { $0 ? upstream.sum(over: [0, 1]) : nil }
  }
}

/// Returns the causal dilated convolution of sequences; see the differentiable form.
public func causalConvolution(_ x: NDArray, weight: NDArray, bias: NDArray?, dilation: Int = 1) -> NDArray {
  CausalConvolutionPlan(x.shape, weight.shape, bias?.shape, dilation).result(x, weight, bias)
}

private struct CausalConvolutionPlan: Sendable {
  let batch: Int, time: Int, inputs: Int, outputs: Int, taps: Int, dilation: Int

  init(_ x: Shape, _ weight: Shape, _ bias: Shape?, _ dilation: Int) {
    require(
      x.rank == 3 && weight.rank == 3 && x[2] == weight[1] && weight[0] > 0,
      "causalConvolution: weight \(weight) does not fit input \(x)")
    require(
      bias == nil || bias == [weight[2]], "causalConvolution: bias \(bias ?? []) does not fit weight \(weight)")
    require(dilation > 0, "causalConvolution: dilation \(dilation) is not positive")
    (batch, time, inputs) = (x[0], x[1], x[2])
    (taps, outputs, self.dilation) = (weight[0], weight[2], dilation)
  }

  /// Calls `body` for each tap that reaches inside the sequence, with the number of steps it lies back.
  private func forEachTap(_ body: (_ tap: Int, _ back: Int) -> Void) {
    for tap in 0..<taps {
      let back = (taps - 1 - tap) * dilation
      if back < time { body(tap, back) }
    }
  }

  func result(_ x: NDArray, _ weight: NDArray, _ bias: NDArray?) -> NDArray {
    NDArray([batch, time, outputs]) { out in
      if let bias {
        bias.withElements { b in for i in 0..<out.count { out[i] = b[i % outputs] } }
      } else {
        out.initialize(repeating: 0)
      }
      guard out.count > 0, inputs > 0 else { return }
      x.withElements { x in
        weight.withElements { w in
          for b in 0..<batch {
            forEachTap { tap, back in
              sgemm(
                x.baseAddress! + b * time * inputs, inputs, false, w.baseAddress! + tap * inputs * outputs, outputs, false,
                into: out.baseAddress! + (b * time + back) * outputs, outputs, rows: time - back, columns: outputs,
                inner: inputs, accumulating: true)
            }
          }
        }
      }
    }
  }

  func inputGradient(_ upstream: NDArray, _ weight: NDArray) -> NDArray {
    NDArray([batch, time, inputs]) { out in
      out.initialize(repeating: 0)
      guard out.count > 0, outputs > 0 else { return }
      upstream.withElements { g in
        weight.withElements { w in
          for b in 0..<batch {
            forEachTap { tap, back in
              sgemm(
                g.baseAddress! + (b * time + back) * outputs, outputs, false, w.baseAddress! + tap * inputs * outputs,
                outputs, true, into: out.baseAddress! + b * time * inputs, inputs, rows: time - back, columns: inputs,
                inner: outputs, accumulating: true)
            }
          }
        }
      }
    }
  }

  func weightGradient(_ upstream: NDArray, _ x: NDArray) -> NDArray {
    NDArray([taps, inputs, outputs]) { out in
      out.initialize(repeating: 0)
      guard out.count > 0, upstream.count > 0 else { return }
      upstream.withElements { g in
        x.withElements { x in
          for b in 0..<batch {
            forEachTap { tap, back in
              sgemm(
                x.baseAddress! + b * time * inputs, inputs, true, g.baseAddress! + (b * time + back) * outputs, outputs,
                false, into: out.baseAddress! + tap * inputs * outputs, outputs, rows: inputs, columns: outputs,
                inner: time - back, accumulating: true)
            }
          }
        }
      }
    }
  }
}
