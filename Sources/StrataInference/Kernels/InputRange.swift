/// The greatest magnitude that the inputs of a map had.
///
/// A class, because the map that fills it in is a constant; used by one thread.
final class InputRange: @unchecked Sendable {
  private(set) var largest: Float = 0

  /// Notes `count` elements.
  func see(_ x: UnsafePointer<Float>, count: Int) {
    for index in 0..<count where abs(x[index]) > largest { largest = abs(x[index]) }
  }
}
