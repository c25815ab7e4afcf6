/// Returns `count` evenly spaced values with the roundings of NumPy's `linspace`.
///
/// A score may fall exactly on a threshold, so the reference's last bit decides on which side.
func linearlySpaced(from start: Double, to stop: Double, count: Int) -> [Double] {
  let step = (stop - start) / Double(count - 1)
  return (0..<count).map { $0 == count - 1 ? stop : Double($0) * step + start }
}
