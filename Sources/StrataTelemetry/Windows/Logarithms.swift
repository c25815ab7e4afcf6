#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// `log(1 + x)` without loss of digits near zero.
@inline(__always)
func logarithm(onePlus x: Float) -> Float { log1pf(x) }

/// `exp(x) - 1` without loss of digits near zero.
@inline(__always)
func exponential(minusOne x: Float) -> Float { expm1f(x) }
