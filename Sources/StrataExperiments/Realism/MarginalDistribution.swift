public import StrataTelemetry
import StrataTensor

/// How the values of a metric are distributed over a cluster and a time, with nothing about their order.
public struct MarginalDistribution: Equatable, Sendable {
  /// In ascending order.
  public let values: [Double]

  /// The distribution of samples; missing ones are left out.
  ///
  /// - Precondition: At least one is not missing.
  public init(_ samples: some Sequence<Double>) {
    values = samples.filter { !$0.isNaN }.sorted()
    require(!values.isEmpty, "MarginalDistribution: there is no sample")
  }

  /// The value below which a part of all samples lies, interpolated between neighbours.
  public func quantile(_ probability: Double) -> Double {
    let place = min(max(probability, 0), 1) * Double(values.count - 1)
    let below = Int(place)
    let above = min(below + 1, values.count - 1)
    return values[below] + (values[above] - values[below]) * (place - Double(below))
  }

  /// The share of samples below a value.
  public func share(below value: Double) -> Double {
    var (low, high) = (0, values.count)
    while low < high {
      let middle = (low + high) / 2
      if values[middle] < value { low = middle + 1 } else { high = middle }
    }
    return Double(low) / Double(values.count)
  }

  /// The Kolmogorov–Smirnov distance: the largest difference of the two cumulative distributions.
  ///
  /// - Complexity: O(n + m).
  public func distance(to other: MarginalDistribution) -> Double {
    var (i, j, largest) = (0, 0, 0.0)
    while i < values.count && j < other.values.count {
      // Both pass all samples of one value before they are compared: ties are one step.
      let value = min(values[i], other.values[j])
      while i < values.count && values[i] == value { i += 1 }
      while j < other.values.count && other.values[j] == value { j += 1 }
      let difference = Double(i) / Double(values.count) - Double(j) / Double(other.values.count)
      largest = max(largest, difference.magnitude)
    }
    return largest
  }

  /// Reads the table of the AcmeTrace summaries, `utilization_cdfs.csv`: by series, values at even steps of probability.
  ///
  /// - Throws: `TelemetryFileError` naming the line.
  public static func all(contentsOf path: String) throws(TelemetryFileError) -> [String: MarginalDistribution] {
    var reader = try CSVReader(contentsOf: path)
    let (series, x) = (try reader.column("series"), try reader.column("x"))
    var samples: [String: [Double]] = [:]
    while try reader.advance() { samples[try reader.text(series), default: []].append(try reader.finite(x)) }
    guard !samples.isEmpty else { throw TelemetryFileError("has no rows", source: path) }
    return samples.mapValues { MarginalDistribution($0) }
  }
}
