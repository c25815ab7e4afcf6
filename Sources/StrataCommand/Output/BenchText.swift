import Strata

/// A machine report for people.
struct BenchText {
  private let report: MachineReport

  init(_ report: MachineReport) { self.report = report }

  func text(isColored: Bool) -> String {
    [heading, limits.text(isColored: isColored), works.text(isColored: isColored), remarks].filter { !$0.isEmpty }
      .joined(separator: "\n")
  }

  private var heading: String {
    let commit = report.commit.map { " (\($0.prefix(12)))" } ?? ""
    let machine = report.machine
    let stolen = NumberText.fixed(100 * machine.stolen, decimals: 1)
    return """
      strata \(report.version)\(commit), kernels \(report.kernels), seed \(report.seed)
      \(machine.processor), \(machine.processors) processors, load \(NumberText.fixed(machine.load, decimals: 1)), \
      \(stolen) % stolen

      """
  }

  private var limits: TextTable {
    var table = TextTable(.init("limit"), .init("median", isNumber: true), .init("p10–p90", isNumber: true))
    for timing in report.limits.timings {
      switch timing.unit {
      case "hand-off":
        table.add(timing.name, Self.time(timing.median / timing.amount), Self.spread(timing, per: timing.amount))
      default:
        let unit = timing.unit == "B" ? "GB/s" : "GFLOP/s"
        let (slow, fast) = (timing.amount / timing.p90 / 1e9, timing.amount / timing.p10 / 1e9)
        table.add(
          timing.name, NumberText.quantity(timing.rate / 1e9, unit: unit),
          "\(NumberText.short(slow))–\(NumberText.short(fast))")
      }
    }
    return table
  }

  private var works: TextTable {
    var table = TextTable(
      .init(report.model), .init("time", isNumber: true), .init("p10–p90", isNumber: true),
      .init("per second", isNumber: true), .init("of fp32", isNumber: true))
    for entry in report.works {
      // A product as a whole; anything else per window or sample.
      let timing = entry.timing, isProduct = timing.unit == "FLOP", parts = isProduct ? 1 : timing.amount
      table.add(
        timing.name, Self.time(timing.median / parts), Self.spread(timing, per: parts),
        isProduct ? NumberText.quantity(timing.rate / 1e9, unit: "GFLOP") : NumberText.short(timing.rate.rounded()),
        entry.partOfLimit.map { "\(NumberText.fixed(100 * $0, decimals: 0)) %" } ?? "–")
    }
    return table
  }

  /// The yardstick says how quiet the machine was, by its spread and by what further threads add.
  private var remarks: String {
    let limits = report.limits, threads = report.threads
    let isUnsteady = limits.timings.contains { $0.unit == "FLOP" && $0.p90 > 1.3 * $0.p10 }
    let one = limits.multiplyAdds(threads: 1) ?? 0, all = limits.multiplyAdds(threads: threads) ?? 0
    let isShared = threads <= report.machine.processors && all < 0.7 * Double(threads) * one
    guard isUnsteady || isShared || report.machine.stolen > 0.05 else { return "" }
    return "The machine did other things meanwhile: read ratios, and measure again later.\n"
  }

  private static let scales = [(1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")]

  private static func scale(of seconds: Double) -> (size: Double, unit: String) {
    scales.first { seconds >= $0.0 } ?? scales.last!
  }

  private static func time(_ seconds: Double) -> String {
    let scale = scale(of: seconds)
    return NumberText.quantity(seconds / scale.size, unit: scale.unit)
  }

  /// In the unit of the median.
  private static func spread(_ timing: WorkTiming, per parts: Double) -> String {
    let scale = scale(of: timing.median / parts)
    return [timing.p10, timing.p90].map { NumberText.short($0 / parts / scale.size) }.joined(separator: "–")
  }
}
