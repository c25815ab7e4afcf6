// Comparisons answer with arrays of zeros and ones: masks are numbers here. Shapes broadcast.

extension NDArray {
  /// One where an element is greater than `other`'s, zero elsewhere and where either is not a number.
  public func isGreater(than other: NDArray) -> NDArray { broadcast(with: other, "isGreater") { $0 > $1 ? 1 : 0 } }
  /// One where an element is less than `other`'s, zero elsewhere and where either is not a number.
  public func isLess(than other: NDArray) -> NDArray { broadcast(with: other, "isLess") { $0 < $1 ? 1 : 0 } }
  /// One where an element equals `other`'s, zero elsewhere and where either is not a number.
  public func isEqual(to other: NDArray) -> NDArray { broadcast(with: other, "isEqual") { $0 == $1 ? 1 : 0 } }

  /// One where an element is greater than `bound`, zero elsewhere.
  public func isGreater(than bound: Float) -> NDArray { mapped { $0 > bound ? 1 : 0 } }
  /// One where an element is less than `bound`, zero elsewhere.
  public func isLess(than bound: Float) -> NDArray { mapped { $0 < bound ? 1 : 0 } }
  /// One where an element equals `value`, zero elsewhere.
  public func isEqual(to value: Float) -> NDArray { mapped { $0 == value ? 1 : 0 } }
}
