import Benchmark
import Strata

/// Kernels on one window of 128 steps and 64 numbers, which the fast caches hold: what frozen models are made of. An
/// iteration is a hundred calls, long beside reading the clock.
func registerKernels() {
  let (calls, steps, width, heads) = (100, 128, 64, 4)
  for weights in DenseMapProbe.Weights.allCases {
    let sizes = DenseMapProbe(weights, rows: steps, taps: 3, inputs: width, outputs: width)
    measure(
      "kernel: \(calls) dense maps \(steps)x\(width), 3 taps, \(weights.rawValue)",
      .operations(calls * sizes.operations)
    ) {
      var probe = sizes
      return { for _ in 0..<calls { probe.run() } }
    }
  }
  let head = AttentionProbe(queries: steps, keys: steps, width: width / heads)
  measure("kernel: \(calls) attention heads \(steps)x\(width / heads)", .operations(calls * head.operations)) {
    var probe = head
    return { for _ in 0..<calls { probe.run() } }
  }
  let moved = Work.bytes(calls * 2 * steps * width * MemoryLayout<Float>.size)
  measure("kernel: \(calls) layer norms \(steps)x\(width)", moved) {
    let (x, scale, shift) = (random([steps, width]), random([width]), random([width]))
    return { for _ in 0..<calls { blackHole(layerNorm(x, scale: scale, shift: shift)) } }
  }
  measure("kernel: \(calls) exact GELUs \(steps)x\(width)", moved) {
    let x = random([steps, width])
    return { for _ in 0..<calls { blackHole(gelu(x)) } }
  }
}
