/// Reads runs of decimal digits eight bytes at a time, without a branch per digit.
///
/// Reference: Lemire, "Number Parsing at a Gigabyte per Second", Software: Practice and Experience 51(8), 2021, section 8.
enum DigitBlock {
  /// How far behind the end of a text these functions read; what they read there does not matter.
  static let padding = 8

  /// Appends the digits at `position` to `value`, modulo 2⁶⁴, and moves behind them.
  ///
  /// - Precondition: The `padding` bytes behind `end` may be read.
  @inline(__always)
  static func read(_ position: inout UnsafePointer<UInt8>, end: UnsafePointer<UInt8>, appendingTo value: inout UInt64) {
    while position < end {
      let text = UInt64(littleEndian: UnsafeRawPointer(position).loadUnaligned(as: UInt64.self))
      let digits = text ^ 0x3030_3030_3030_3030
      let others = (digits &+ 0x7676_7676_7676_7676 | digits) & 0x8080_8080_8080_8080
      let count = min(others.trailingZeroBitCount / 8, end - position)
      if count == 0 { return }
      // The digits move to the top, so that zeros stand before them.
      value = value &* powersOfTen[count] &+ Self.value(ofEight: digits &<< UInt64(64 - 8 * count))
      position += count
      if count < 8 { return }
    }
  }

  /// The number that eight bytes of 0 to 9 spell, the first in the lowest byte.
  @inline(__always)
  private static func value(ofEight digits: UInt64) -> UInt64 {
    let pairs = digits &* 10 &+ digits >> 8
    let mask: UInt64 = 0x0000_00FF_0000_00FF
    let high = (pairs & mask) &* 0x000F_4240_0000_0064  // 100 + 1 000 000 · 2³²
    let low = (pairs >> 16 & mask) &* 0x0000_2710_0000_0001  // 1 + 10 000 · 2³²
    return (high &+ low) >> 32
  }

  private static let powersOfTen: [UInt64] = [
    1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000,
  ]
}
