import StrataTensor

/// Which samples make the batch of each step: every epoch visits the samples in an order of its own.
///
/// Samples that do not fill a last batch are left out of their epoch. An order is a function of seed and epoch that is
/// evaluated index by index, so nothing is stored, and a resumed training needs nothing but its step.
struct SampleOrder: Sendable {
  let sampleCount: Int
  let batch: Int
  let seed: UInt64

  init(sampleCount: Int, batch: Int, seed: UInt64) {
    require(sampleCount > 0, "SampleOrder: there are no samples")
    (self.sampleCount, self.batch, self.seed) = (sampleCount, min(batch, sampleCount), seed)
  }

  var stepsPerEpoch: Int { sampleCount / batch }

  /// The samples of the batch of a step.
  func samples(at step: Int) -> [Int] {
    let permutation = IndexPermutation(count: sampleCount, seed: seed, number: step / stepsPerEpoch)
    let first = step % stepsPerEpoch * batch
    return (first..<first + batch).map { permutation[$0] }
  }
}

/// A pseudo-random permutation of `0..<count` that computes each image on its own.
///
/// A balanced Feistel network permutes the smallest sufficient square power of two; an image outside the range is
/// permuted again until it lies inside, at most four times on average.
///
/// Reference: Black and Rogaway, "Ciphers with Arbitrary Finite Domains", CT-RSA 2002.
struct IndexPermutation: Sendable {
  private let count: Int
  private let halfWidth: Int
  private let roundKeys: [UInt64]

  init(count: Int, seed: UInt64, number: Int) {
    require(count > 0, "IndexPermutation: the range is empty")
    self.count = count
    let width = Int.bitWidth - (count - 1).leadingZeroBitCount
    halfWidth = max(1, (width + 1) / 2)
    var keys = Generator(seed: seed)
    for _ in 0..<3 { keys = Generator(seed: keys.next() ^ UInt64(number)) }
    roundKeys = (0..<6).map { _ in keys.next() }
  }

  /// The image of `index`.
  subscript(_ index: Int) -> Int {
    require(index >= 0 && index < count, "IndexPermutation: \(index) is outside 0..<\(count)")
    let mask = UInt64(1) << UInt64(halfWidth) - 1
    var image = UInt64(index)
    repeat {
      var (left, right) = (image >> UInt64(halfWidth), image & mask)
      for key in roundKeys {
        var mixer = Generator(seed: right ^ key)
        (left, right) = (right, left ^ (mixer.next() & mask))
      }
      image = left << UInt64(halfWidth) | right
    } while image >= UInt64(count)
    return Int(image)
  }
}
