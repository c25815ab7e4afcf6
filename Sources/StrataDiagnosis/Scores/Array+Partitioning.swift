extension Array {
  /// The first place whose element satisfies a condition that all later ones satisfy as well; the count where none does.
  ///
  /// - Complexity: O(log count).
  @inline(__always)
  func partitioningIndex(where isBeyond: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isBeyond(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
