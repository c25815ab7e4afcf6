/// The number below which a normal variable falls with probability `p`, to about one part in 10¹⁶.
///
/// Wichura's AS 241 (PPND16): three ratios of polynomials. Its one transcendental function, a logarithm in the tails, is
/// `portableLog`; everything else is correctly rounded, so the result is the same on every machine.
///
/// - Precondition: `p` is between zero and one, exclusive.
///
/// Reference: Wichura, "Algorithm AS 241: The Percentage Points of the Normal Distribution", Applied Statistics 37, 1988.
public func normalQuantile(_ p: Double) -> Double {
  require(p > 0 && p < 1, "normalQuantile: \(p) is not between zero and one")
  let q = p - 0.5
  if q.magnitude <= 0.425 {
    let r = 0.180625 - q * q
    return q * centre(r)
  }
  let r = (-portableLog(q < 0 ? p : 1 - p)).squareRoot()
  let magnitude = r <= 5 ? middle(r - 1.6) : far(r - 5)
  return q < 0 ? -magnitude : magnitude
}

/// |p - ½| up to 0.425, in r = 0.180625 - (p - ½)².
private func centre(_ r: Double) -> Double {
  var n = 2.5090809287301226727e+3
  n = n * r + 3.3430575583588128105e+4
  n = n * r + 6.7265770927008700853e+4
  n = n * r + 4.5921953931549871457e+4
  n = n * r + 1.3731693765509461125e+4
  n = n * r + 1.9715909503065514427e+3
  n = n * r + 1.3314166789178437745e+2
  n = n * r + 3.3871328727963666080e0
  var d = 5.2264952788528545610e+3
  d = d * r + 2.8729085735721942674e+4
  d = d * r + 3.9307895800092710610e+4
  d = d * r + 2.1213794301586595867e+4
  d = d * r + 5.3941960214247511077e+3
  d = d * r + 6.8718700749205790830e+2
  d = d * r + 4.2313330701600911252e+1
  d = d * r + 1
  return n / d
}

/// Tails with √(-log p) up to 5, in that root less 1.6.
private func middle(_ r: Double) -> Double {
  var n = 7.74545014278341407640e-4
  n = n * r + 2.27238449892691845833e-2
  n = n * r + 2.41780725177450611770e-1
  n = n * r + 1.27045825245236838258e0
  n = n * r + 3.64784832476320460504e0
  n = n * r + 5.76949722146069140550e0
  n = n * r + 4.63033784615654529590e0
  n = n * r + 1.42343711074968357734e0
  var d = 1.05075007164441684324e-9
  d = d * r + 5.47593808499534494600e-4
  d = d * r + 1.51986665636164571966e-2
  d = d * r + 1.48103976427480074590e-1
  d = d * r + 6.89767334985100004550e-1
  d = d * r + 1.67638483018380384940e0
  d = d * r + 2.05319162663775882187e0
  d = d * r + 1
  return n / d
}

/// Tails beyond, in the root less 5.
private func far(_ r: Double) -> Double {
  var n = 2.01033439929228813265e-7
  n = n * r + 2.71155556874348757815e-5
  n = n * r + 1.24266094738807843860e-3
  n = n * r + 2.65321895265761230930e-2
  n = n * r + 2.96560571828504891230e-1
  n = n * r + 1.78482653991729133580e0
  n = n * r + 5.46378491116411436990e0
  n = n * r + 6.65790464350110377720e0
  var d = 2.04426310338993978564e-15
  d = d * r + 1.42151175831644588870e-7
  d = d * r + 1.84631831751005468180e-5
  d = d * r + 7.86869131145613259100e-4
  d = d * r + 1.48753612908506148525e-2
  d = d * r + 1.36929880922735805310e-1
  d = d * r + 5.99832206555887937690e-1
  d = d * r + 1
  return n / d
}
