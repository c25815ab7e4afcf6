import StrataTensor

/// The mean of the observed ones among the last `window` values; NaN when none was observed.
///
/// - Parameter value: Given an age in samples, zero first.
@inline(__always)
func trailingMean(_ window: Int, _ value: (_ age: Int) -> Float) -> Float {
  var sum: Float = 0
  var count: Float = 0
  for age in 0..<window {
    let sample = value(age)
    if sample.isFinite {
      sum += sample
      count += 1
    }
  }
  return count > 0 ? sum / count : .nan
}

/// The median of the values that are not NaN, and how many these are; NaN when there is none.
@inline(__always)
func medianOfObserved(
  _ values: some Collection<Float>, using buffer: UnsafeMutableBufferPointer<Float>
) -> (median: Float, count: Int) {
  var count = 0
  for value in values where value.isFinite {
    buffer[count] = value
    count += 1
  }
  guard count > 0 else { return (.nan, 0) }
  return (OrderStatistics.median(UnsafeMutableBufferPointer(rebasing: buffer[..<count])), count)
}

/// The median of the last values of a series.
package struct RecentLevel: Sendable {
  private let memory: Int
  package private(set) var values: [Float] = []
  package private(set) var next = 0
  /// The same values, ascending.
  private var ordered: [Float] = []

  /// - Parameter memory: How many values are kept.
  package init(memory: Int) { self.memory = memory }

  /// Goes on from kept values.
  package init(memory: Int, values: [Float], next: Int) {
    (self.memory, self.values, self.next) = (memory, values, next)
    ordered = values.sorted()
  }

  /// Adds a value, which is not NaN, and returns the median of the last ones, itself among them.
  ///
  /// - Complexity: O(log memory) comparisons, and as many moves as lie between two places.
  package mutating func level(adding value: Float) -> Float {
    if values.count < memory {
      values.append(value)
    } else {
      ordered.remove(at: place(of: values[next]))
      values[next] = value
    }
    next = (next + 1) % memory
    ordered.insert(value, at: place(of: value))
    let (low, high) = (ordered[(ordered.count - 1) / 2], ordered[ordered.count / 2])
    return low == high ? low : low + (high - low) * 0.5
  }

  /// How many values are less.
  private func place(of value: Float) -> Int { ordered.partitioningIndex { $0 >= value } }
}
