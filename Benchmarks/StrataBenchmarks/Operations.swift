import Benchmark
import Strata

/// Single operations on 16384 rows of 64 numbers: 256 windows of 64 steps.
func registerOperations() {
  let (windows, steps, width, taps, heads) = (256, 64, 64, 3, 4)
  let rows = windows * steps
  let sequences: Shape = [windows, steps, width]
  let moved = Work.bytes(2 * rows * width * MemoryLayout<Float>.size)

  // The yardstick of what is bound by memory, as the matrix product is of what is bound by arithmetic.
  measure("operation: copy \(rows)x\(width)", moved) {
    let x = random([rows, width])
    return { blackHole(NDArray(x.shape) { copy in x.withElements { _ = copy.initialize(fromContentsOf: $0) } }) }
  }
  measure("operation: matmul \(rows)x\(width)x\(width)", .operations(2 * rows * width * width)) {
    let (a, b) = (random([rows, width]), random([width, width]))
    return { blackHole(matmul(a, b)) }
  }
  measure(
    "operation: causal convolution \(windows)x\(steps)x\(width), \(taps) taps",
    .operations(2 * taps * rows * width * width)
  ) {
    let (x, weight, bias) = (random(sequences), random([taps, width, width]), random([width]))
    return { blackHole(causalConvolution(x, weight: weight, bias: bias)) }
  }
  measure(
    "operation: attention \(windows)x\(steps)x\(width), \(heads) heads", .operations(4 * rows * steps * width)
  ) {
    let (query, key, value) = (random(sequences), random(sequences), random(sequences))
    return { blackHole(attention(query: query, key: key, value: value, heads: heads)) }
  }
  measure("operation: layer norm \(rows)x\(width)", moved) {
    let (x, scale, shift) = (random([rows, width]), random([width]), random([width]))
    return { blackHole(layerNorm(x, scale: scale, shift: shift)) }
  }
  measure("operation: exact GELU \(rows)x\(width)", moved) {
    let x = random([rows, width])
    return { blackHole(gelu(x)) }
  }
}

/// Normal numbers, the same for equal shapes.
func random(_ shape: Shape) -> NDArray {
  var generator = Generator(seed: UInt64(shape.elementCount))
  return generator.normalArray(shape)
}
