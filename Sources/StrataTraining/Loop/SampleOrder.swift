import StrataTensor

/// Which samples make the batch of each step: every epoch visits the samples in an order of its own.
///
/// Samples that do not fill a last batch are left out of their epoch. An order is a function of seed and epoch that is
/// evaluated index by index, so nothing is stored, and a resumed training needs nothing but its step.
///
/// Where samples lie in parts that are costly to open, an epoch visits the parts in a random order, a few at a time, whose
/// samples are mixed: every part is opened once per epoch.
struct SampleOrder: Sendable {
  /// How many parts are mixed.
  static let mixedCount = 4

  let sampleCount: Int
  let batch: Int
  let seed: UInt64
  /// The samples of each part; empty when samples are visited in any order.
  private let parts: [Range<Int>]

  /// - Precondition: The parts, if there are any, are not empty and have all samples.
  init(sampleCount: Int, batch: Int, seed: UInt64, partSizes: [Int] = []) {
    require(sampleCount > 0, "SampleOrder: there are no samples")
    (self.sampleCount, self.batch, self.seed) = (sampleCount, min(batch, sampleCount), seed)
    var parts: [Range<Int>] = []
    for size in partSizes {
      let start = parts.last?.upperBound ?? 0
      parts.append(start..<start + size)
    }
    require(
      parts.isEmpty || parts.last!.upperBound == sampleCount && parts.allSatisfy { !$0.isEmpty },
      "SampleOrder: parts of \(partSizes) samples, expected \(sampleCount) in all")
    self.parts = parts
  }

  var stepsPerEpoch: Int { sampleCount / batch }

  /// The samples of the batch of a step.
  func samples(at step: Int) -> [Int] {
    let epoch = step / stepsPerEpoch
    let first = step % stepsPerEpoch * batch
    guard !parts.isEmpty else {
      let permutation = IndexPermutation(count: sampleCount, seed: seed, number: epoch)
      return (first..<first + batch).map { permutation[$0] }
    }
    return mixtures(ofEpoch: epoch).flatMap { mixture in
      mixture.positions.clamped(to: first..<first + batch).map {
        sample(at: $0 - mixture.positions.lowerBound, of: mixture)
      }
    }
  }

  /// The parts whose last samples an epoch has visited after a step and not before; nothing is left to visit after the
  /// last step of an epoch.
  func partsFinished(by step: Int) -> [Int] {
    guard !parts.isEmpty else { return [] }
    let (place, epoch) = (step % stepsPerEpoch, step / stepsPerEpoch)
    let end = place == stepsPerEpoch - 1 ? sampleCount : (place + 1) * batch
    return mixtures(ofEpoch: epoch).filter { $0.positions.upperBound > place * batch && $0.positions.upperBound <= end }
      .flatMap(\.parts)
  }

  /// Parts that are visited together.
  private struct Mixture {
    let parts: [Int]
    /// Where its samples stand in the order of the epoch.
    let positions: Range<Int>
    let permutation: IndexPermutation
  }

  private func mixtures(ofEpoch epoch: Int) -> [Mixture] {
    let count = (parts.count + Self.mixedCount - 1) / Self.mixedCount
    // One number for the order of the parts, and one for each mixture.
    let number = epoch * (count + 1)
    let order = IndexPermutation(count: parts.count, seed: seed, number: number)
    var mixtures: [Mixture] = []
    for index in 0..<count {
      let members = (index * Self.mixedCount..<min((index + 1) * Self.mixedCount, parts.count)).map { order[$0] }
      let start = mixtures.last?.positions.upperBound ?? 0
      let size = members.reduce(0) { $0 + parts[$1].count }
      mixtures.append(
        Mixture(
          parts: members, positions: start..<start + size,
          permutation: IndexPermutation(count: size, seed: seed, number: number + 1 + index)))
    }
    return mixtures
  }

  private func sample(at position: Int, of mixture: Mixture) -> Int {
    var place = mixture.permutation[position]
    for part in mixture.parts {
      if place < parts[part].count { return parts[part].lowerBound + place }
      place -= parts[part].count
    }
    fatalError("SampleOrder: position \(position) is outside its mixture")
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
