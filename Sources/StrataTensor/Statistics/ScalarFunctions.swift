#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

// The C library's functions under names that no operation on arrays shares.

package func exponential(_ x: Float) -> Float { expf(x) }
package func exponential(_ x: Double) -> Double { exp(x) }
package func logarithm(_ x: Double) -> Double { log(x) }

/// `exp(x) - 1` without loss of digits near zero.
package func exponential(minusOne x: Float) -> Float { expm1f(x) }
/// `log(1 + x)` without loss of digits near zero.
package func logarithm(onePlus x: Float) -> Float { log1pf(x) }
/// `log(1 + x)` without loss of digits near zero.
package func logarithm(onePlus x: Double) -> Double { log1p(x) }
