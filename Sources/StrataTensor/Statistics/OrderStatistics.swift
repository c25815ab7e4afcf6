/// Order statistics of a block of numbers, by selection instead of sorting.
package enum OrderStatistics {
  /// The interquartile range of a normal distribution, in standard deviations.
  package static let normalInterquartileRange = 1.348_979_5
  /// The standard deviation of a normal distribution, in median absolute deviations.
  package static let normalDeviationPerMedianDeviation = 1.482_602_2

  // Concrete functions around generic ones: called from another module, the generic ones are not specialised.

  /// The median; the mean of the middle two of an even number. Reorders `values`.
  ///
  /// - Precondition: There is a value, and none is NaN.
  package static func median(_ values: UnsafeMutableBufferPointer<Float>) -> Float { place(0.5, in: values) }

  /// The median; the mean of the middle two of an even number. Reorders `values`.
  ///
  /// - Precondition: There is a value, and none is NaN.
  package static func median(_ values: UnsafeMutableBufferPointer<Double>) -> Double { place(0.5, in: values) }

  /// The quantile at `probability`, linear between order statistics (NumPy's default). Reorders `values`.
  ///
  /// - Precondition: There is a value, and none is NaN.
  /// - Complexity: O(n) on average.
  package static func quantile(_ probability: Double, of values: UnsafeMutableBufferPointer<Float>) -> Float {
    place(probability, in: values)
  }

  /// The quantile at `probability`, linear between order statistics (NumPy's default). Reorders `values`.
  ///
  /// - Precondition: There is a value, and none is NaN.
  /// - Complexity: O(n) on average.
  package static func quantile(_ probability: Double, of values: UnsafeMutableBufferPointer<Double>) -> Double {
    place(probability, in: values)
  }

  /// The median of the distances to `centre`. Overwrites `values`.
  package static func medianDeviation(_ values: UnsafeMutableBufferPointer<Float>, around centre: Float) -> Float {
    for index in values.indices { values[index] = abs(values[index] - centre) }
    return median(values)
  }

  private static func place<Value: BinaryFloatingPoint>(
    _ probability: Double, in values: UnsafeMutableBufferPointer<Value>
  ) -> Value {
    let place = probability * Double(values.count - 1)
    let index = Int(place)
    select(index, in: values)
    let low = values[index]
    let fraction = Value(place - Double(index))
    guard fraction > 0 else { return low }
    var high = values[index + 1]
    for position in (index + 1)..<values.count { high = min(high, values[position]) }
    // Two infinities have no difference.
    return low == high ? low : low + (high - low) * fraction
  }

  /// Moves the element of rank `index` to its place, smaller ones before it and larger ones behind.
  ///
  /// Reference: Hoare, "Algorithm 65: FIND", CACM 1961, with the median of three as the pivot.
  private static func select<Value: BinaryFloatingPoint>(
    _ index: Int, in values: UnsafeMutableBufferPointer<Value>
  ) {
    var low = 0
    var high = values.count - 1
    while low < high {
      let middle = low + (high - low) / 2
      if values[middle] < values[low] { values.swapAt(middle, low) }
      if values[high] < values[low] { values.swapAt(high, low) }
      if values[high] < values[middle] { values.swapAt(high, middle) }
      let pivot = values[middle]
      var left = low
      var right = high
      while left <= right {
        while values[left] < pivot { left += 1 }
        while pivot < values[right] { right -= 1 }
        if left <= right {
          values.swapAt(left, right)
          left += 1
          right -= 1
        }
      }
      if index <= right {
        high = right
      } else if index >= left {
        low = left
      } else {
        return
      }
    }
  }
}
