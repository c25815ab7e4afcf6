import StrataTensor

/// The length of the difference of two arrays, relative to that of the second.
func distance(_ one: NDArray, _ other: NDArray) -> Double {
  let pairs = zip(one.elements, other.elements).map { (Double($0), Double($1)) }
  let difference = pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  return (difference / pairs.reduce(0) { $0 + $1.1 * $1.1 }).squareRoot()
}
