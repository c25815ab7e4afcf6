/// Returns the lag of the highest peak of the autocorrelation, or 125 when there is none in 6...303.
///
/// TSB-AD's convention for the window of ``VolumeUnderSurface``, applied to a series' first channel: lags 3 to 400 of
/// the first 20 000 samples, strict local maxima only; if the highest of them lies outside 6...303 the answer is 125.
/// A series that is constant, holds a NaN or is shorter than five samples has no period: 125. A series of 400 samples
/// or fewer uses the lags it has (the reference stops there with an error).
///
/// - Complexity: O(400 n).
///
/// Reference: `find_length_rank(rank=1)` of TSB-AD 1.5.
public func periodLength(of series: [some BinaryFloatingPoint]) -> Int {
  let (firstLag, lastLag, fallback) = (3, 400, 125)
  let values = doubles(Array(series.prefix(20_000)))
  let mean = values.reduce(0, +) / Double(values.count)
  let centred = values.map { $0 - mean }
  let lags = firstLag...max(firstLag, min(lastLag, values.count - 1))
  let products = lags.map { laggedProduct(centred, lag: $0) }
  let variance = laggedProduct(centred, lag: 0)
  guard products.count > 2, variance > 0 else { return fallback }

  var best: Int?
  for index in 1..<products.count - 1
  where products[index] > products[index - 1] && products[index] > products[index + 1] {
    if products[index] >= best.map({ products[$0] }) ?? -.infinity { best = index }
  }
  guard let best, (3...300).contains(best) else { return fallback }
  return best + firstLag
}

/// Returns Σ xₜ xₜ₊ₗ, in four independent sums so that additions need not wait for each other.
private func laggedProduct(_ x: [Double], lag: Int) -> Double {
  guard lag < x.count else { return 0 }
  return x.withUnsafeBufferPointer { x in
    let count = x.count - lag
    var sums = SIMD4<Double>.zero
    var index = 0
    while index + 4 <= count {
      let first = SIMD4(x[index], x[index + 1], x[index + 2], x[index + 3])
      let second = SIMD4(x[index + lag], x[index + lag + 1], x[index + lag + 2], x[index + lag + 3])
      sums += first * second
      index += 4
    }
    var total = sums.sum()
    while index < count {
      total += x[index] * x[index + lag]
      index += 1
    }
    return total
  }
}
