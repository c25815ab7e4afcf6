import StrataEvaluation
import StrataTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How the faults of a cluster are spread over time and hosts.
public struct FaultStatistics: Equatable, Sendable {
  /// How many faults.
  public let count: Int
  /// Faults per 1000 host-days of the observation.
  public let rate: Double
  /// Hours from one start to the next on the whole cluster: the mean, and the deviation relative to it.
  public let meanGap: Double
  public let gapVariation: Double
  /// The share of those gaps below a minute: faults of several hosts at once.
  public let simultaneous: Double
  /// The share of all faults on the tenth of all hosts that have most; hosts without a fault count as hosts.
  public let topTenth: Double
  /// The Gini coefficient of faults per host.
  public let gini: Double
  /// The share of hosts without a fault.
  public let faultless: Double
  /// The shares of faults with a successor on the same host that start within a day and a week of the repair.
  public let againWithinDay: Double
  public let againWithinWeek: Double
  /// The share of successors on the same host with the same component.
  public let sameComponent: Double
  /// Hours from start to end: the quantiles 0.05, 0.5, 0.9 and 0.95.
  public let repairQuantiles: [Double]
  /// Faults of the busiest eight hours of the day relative to those of the quietest.
  public let dailyContrast: Double
  /// The amplitude of the first harmonic of the hour of the day; zero where faults do not know the hour.
  public let dailyAmplitude: Double

  /// The probabilities of ``repairQuantiles``.
  public static let repairProbabilities = [0.05, 0.5, 0.9, 0.95]

  /// Takes the statistics of faults among `hosts` in `duration` seconds.
  ///
  /// - Precondition: There are two faults or more, and every host is below `hosts`.
  public init(_ faults: [HostFault], hosts: Int, duration: Double) {
    require(faults.count >= 2, "FaultStatistics: \(faults.count) faults")
    require(faults.allSatisfy { (0..<hosts).contains($0.host) }, "FaultStatistics: a host is not below \(hosts)")
    let sorted = faults.sorted { ($0.start, $0.host) < ($1.start, $1.host) }
    let total = Double(sorted.count)
    count = sorted.count
    rate = total / (Double(hosts) * duration / 86_400) * 1000

    let gaps = zip(sorted.dropFirst(), sorted).map { ($0.start - $1.start) / 3600 }
    let mean = gaps.reduce(0, +) / Double(gaps.count)
    let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count)
    (meanGap, gapVariation) = (mean, variance.squareRoot() / mean)
    simultaneous = Double(gaps.count { $0 < 1.0 / 60 }) / Double(gaps.count)

    var counts = [Int](repeating: 0, count: hosts)
    for fault in sorted { counts[fault.host] += 1 }
    counts.sort(by: >)
    topTenth = Double(counts.prefix(hosts / 10).reduce(0, +)) / total
    faultless = Double(counts.count { $0 == 0 }) / Double(hosts)
    // With ranks from one in falling order, the mean difference of all pairs is a sum over ranks.
    let ranked = counts.enumerated().reduce(0.0) { $0 + Double(hosts - 1 - 2 * $1.offset) * Double($1.element) }
    gini = ranked / (Double(hosts) * total)

    var pairs: [(delay: Double, isSame: Bool)] = []
    var last: [Int: HostFault] = [:]
    for fault in sorted {
      if let before = last[fault.host] {
        pairs.append(((fault.start - before.end) / 86_400, fault.component == before.component))
      }
      last[fault.host] = fault
    }
    func share(_ isCounted: ((delay: Double, isSame: Bool)) -> Bool) -> Double {
      pairs.isEmpty ? 0 : Double(pairs.count(where: isCounted)) / Double(pairs.count)
    }
    (againWithinDay, againWithinWeek) = (share { $0.delay <= 1 }, share { $0.delay <= 7 })
    sameComponent = share { $0.isSame }

    let repairs = sorted.map { ($0.end - $0.start) / 3600 }
    repairQuantiles = Self.repairProbabilities.map { quantile($0, of: repairs) }

    let days = sorted.map { $0.start / 86_400 }
    var hours = [Int](repeating: 0, count: 24)
    for day in days { hours[Int((day - day.rounded(.down)) * 24)] += 1 }
    let blocks = (0..<24).map { first in (0..<8).reduce(0) { $0 + hours[(first + $1) % 24] } }
    dailyContrast = Double(blocks.max()!) / Double(max(1, blocks.min()!))
    let (x, y) = days.reduce((0.0, 0.0)) { ($0.0 + cos(2 * .pi * $1), $0.1 + sin(2 * .pi * $1)) }
    dailyAmplitude = 2 * (x * x + y * y).squareRoot() / total
  }
}
