#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
public import StrataTensor

/// Returns fixed position vectors: sines of falling frequency in even columns, cosines in odd ones.
///
/// `p[t, 2i] = sin(t / 10000^(2i / width))`, and `p[t, 2i + 1]` is the cosine of the same angle.
///
/// - Returns: An array of shape `[length, width]`, to be added to a sequence.
///
/// Reference: Vaswani et al., "Attention Is All You Need", NeurIPS 2017.
public func sinusoidalPositions(length: Int, width: Int) -> NDArray {
  NDArray([length, width]) { elements in
    for column in 0..<width {
      let frequency = exp(Double(column / 2 * 2) * -log(10_000.0) / Double(width))
      for time in 0..<length {
        let angle = Double(time) * frequency
        elements[time * width + column] = Float(column.isMultiple(of: 2) ? sin(angle) : cos(angle))
      }
    }
  }
}
