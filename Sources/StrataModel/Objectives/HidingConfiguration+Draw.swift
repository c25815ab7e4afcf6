public import StrataTensor

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension HidingConfiguration {
  /// Draws which samples of one layer are hidden.
  ///
  /// Spans start at any step, also before the window, so that every step is hidden with the same probability `steps`.
  ///
  /// - Parameters:
  ///   - shape: `[batch, time, channel]`.
  ///   - generator: The source of randomness.
  /// - Returns: One where a sample is hidden; shape `[batch, time, channel]`.
  public func draw(_ shape: Shape, using generator: inout Generator) -> NDArray {
    let (batch, time, channels) = (shape[0], shape[1], shape[2])
    // A step is visible when none of the `span` steps up to it starts a span: (1 - start)^span = 1 - steps.
    let start = span == 1 ? Double(steps) : 1 - pow(1 - Double(steps), 1 / Double(span))
    return NDArray(shape) { hidden in
      for window in 0..<batch {
        var remaining = 0
        if steps > 0 {
          for _ in 1..<span { remaining = generator.bernoulli(start) ? span : max(remaining - 1, 0) }
        }
        let silenced = (0..<channels).map { _ in self.channels > 0 && generator.bernoulli(Double(self.channels)) }
        for step in 0..<time {
          if steps > 0 { remaining = generator.bernoulli(start) ? span : max(remaining - 1, 0) }
          for channel in 0..<channels {
            let isHidden = remaining > 0 || silenced[channel] || (cells > 0 && generator.bernoulli(Double(cells)))
            hidden[(window * time + step) * channels + channel] = isHidden ? 1 : 0
          }
        }
      }
    }
  }
}
