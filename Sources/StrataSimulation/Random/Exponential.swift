#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// `exp` and `log` of the system's mathematics library, for files that need nothing else of it.
package func exponential(_ x: Double) -> Double { exp(x) }
package func logarithm(_ x: Double) -> Double { log(x) }
