#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#endif

func exponentialOf(_ x: Double) -> Double { exp(x) }
func logarithmOf(_ x: Double) -> Double { log(x) }
