#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A linear or logarithmic axis: numbers to coordinates, with ticks at round numbers.
struct Axis: Sendable {
  /// What the numbers are, which decides where ticks are round and how they are written.
  enum Kind: Sendable {
    case number(unit: String)
    /// Seconds since the start of a run.
    case time
  }

  let domain: ClosedRange<Double>
  /// The coordinates of the ends of the domain; descending for a vertical axis.
  let start: Double, end: Double
  let kind: Kind
  /// Whether equal distances are equal ratios.
  let isLogarithmic: Bool

  /// - Precondition: The domain is finite, and positive for a logarithmic axis. One without extent is widened.
  init(
    _ domain: ClosedRange<Double>, from start: Double, to end: Double, kind: Kind, isLogarithmic: Bool = false
  ) {
    let extent = domain.upperBound - domain.lowerBound
    if isLogarithmic {
      let factor = extent > 0 ? 1 : 2.0
      self.domain = domain.lowerBound / factor...domain.upperBound * factor
    } else {
      let margin = extent > 0 ? 0 : max(abs(domain.lowerBound) * 0.05, 0.5)
      self.domain = domain.lowerBound - margin...domain.upperBound + margin
    }
    (self.start, self.end, self.kind, self.isLogarithmic) = (start, end, kind, isLogarithmic)
  }

  func coordinate(_ value: Double) -> Double {
    let part =
      isLogarithmic
      ? log(value / domain.lowerBound) / log(domain.upperBound / domain.lowerBound)
      : (value - domain.lowerBound) / (domain.upperBound - domain.lowerBound)
    return start + part * (end - start)
  }

  /// Round numbers inside the domain, about `count` of them and at least two: one alone does not show a scale.
  func ticks(_ count: Int) -> [Double] {
    if isLogarithmic { return logarithmicTicks(count) }
    let step = Self.roundStep(atLeast: (domain.upperBound - domain.lowerBound) / Double(max(count, 1)), kind)
    let first = (domain.lowerBound / step).rounded(.up)
    let last = (domain.upperBound / step + 1e-9).rounded(.down)
    guard first < last || count >= 16 else { return ticks(max(count, 1) + 1) }
    return stride(from: first, through: last, by: 1).map { $0 * step }
  }

  /// One, two and five times powers of ten, or as many of these as there is room for.
  private func logarithmicTicks(_ count: Int) -> [Double] {
    let decades = Int(log10(domain.lowerBound).rounded(.down))...Int(log10(domain.upperBound).rounded(.up))
    let choices = [[1.0, 2, 5], [1, 3], [1]].map { steps in
      decades.flatMap { decade in steps.map { $0 * pow(10, Double(decade)) } }.filter(domain.contains)
    }
    return choices.first { $0.count <= count && $0.count > 1 } ?? choices.first { $0.count > 1 }
      ?? [domain.lowerBound, domain.upperBound]
  }

  private static func roundStep(atLeast step: Double, _ kind: Kind) -> Double {
    if case .time = kind, step > 1 {
      let times = [
        2.0, 5, 10, 15, 30, 60, 120, 180, 300, 600, 900, 1200, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
      ]
      if let time = times.first(where: { $0 >= step }) { return time }
      return (step / 86_400).rounded(.up) * 86_400
    }
    let unit = pow(10, log10(step).rounded(.down))
    return [1.0, 2, 2.5, 5, 10].map { $0 * unit }.first { $0 >= step * (1 - 1e-9) } ?? 10 * unit
  }

  /// The ticks as texts, with as many digits as it takes to tell them apart.
  func labels(_ ticks: [Double]) -> [String] {
    switch kind {
    case .number(let unit):
      let smallest = 1e-9 * (domain.upperBound - domain.lowerBound)
      let values = ticks.map { abs($0) < smallest ? 0 : $0 }
      for digits in 3..<8 {
        let texts = values.map { NumberText.quantity($0, unit: unit, digits: digits) }
        if Set(texts).count == texts.count { return texts }
      }
      return values.map { NumberText.quantity($0, unit: unit, digits: 8) }
    case .time:
      let extent = domain.upperBound - domain.lowerBound
      return ticks.map { Self.time($0, extent: extent) }
    }
  }

  /// Hours and minutes; seconds too where the whole axis is a few minutes long.
  private static func time(_ seconds: Double, extent: Double) -> String {
    let text = NumberText.elapsed(seconds: seconds)
    return extent < 300 ? text : String(text.dropLast(3))
  }
}
