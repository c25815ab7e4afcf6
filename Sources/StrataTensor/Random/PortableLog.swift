/// The natural logarithm of a positive normal number, from additions, multiplications and one division.
///
/// `x = 2ᵏ·m` with `m` in `√½..<√2`, and `log m = 2 artanh((m - 1) / (m + 1))` as a series whose first neglected term is
/// below 2⁻⁵⁵ of the result. Library logarithms differ between machines in the last bit; this one cannot.
func portableLog(_ x: Double) -> Double {
  var m = x.significand, k = Double(x.exponent)
  if m > 1.4142135623730951 { (m, k) = (m * 0.5, k + 1) }
  let s = (m - 1) / (m + 1)
  let z = s * s
  var series = 0.0
  for odd in stride(from: 23.0, through: 3.0, by: -2) { series = (series + 1 / odd) * z }
  // ln 2 in two parts: the first has trailing zeros, so that its product with k is exact.
  return k * 0x1.62e42fefa38p-1 + (2 * s + (2 * s * series + k * 0x1.ef35793c7673p-45))
}
