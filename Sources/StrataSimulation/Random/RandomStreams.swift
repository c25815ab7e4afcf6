package import StrataTensor

/// Random sequences that are addressed by what they are for, instead of being drawn from one after another.
///
/// Every draw comes from a generator made afresh for one purpose and up to two indices (a step, a device, a sample). How
/// many numbers one mechanism uses can then never shift the numbers of another: the fault-free replay of a run meets the
/// same noise, sample by sample and step by step, and the work can be divided among threads in any way.
package struct RandomStreams: Sendable {
  /// What the numbers are used for. The raw values are part of what a seed means: append, never reorder.
  package enum Purpose: UInt64, Sendable {
    case placement = 1, silicon, climate, loading, sequence, compute, clock, preference, routing, training, pause
    case linkErrors, scrape, noise, counters
    case desync, mixture, mismatch, errors, stall, congestion, gradient, corruption, restart, precursor, arrival
    case request, host, storage, episode, flap, misplacement, clockOffset
    // Those of corpora of runs have numbers of their own.
    case arrivals = 100, frailty, campaign, commonCause, recurrence, relapse
    case corpus = 120, arrivedFaults
    // Batches that are bad, and whether the next is.
    case badBatch = 60
  }

  package let seed: UInt64

  package init(seed: UInt64) { self.seed = seed }

  package func generator(for purpose: Purpose, _ first: Int = 0, _ second: Int = 0) -> Generator {
    var key = Self.scrambled(seed, with: purpose.rawValue)
    key = Self.scrambled(key, with: UInt64(bitPattern: Int64(first)))
    key = Self.scrambled(key, with: UInt64(bitPattern: Int64(second)))
    return Generator(seed: key)
  }

  /// One standard normal number for a purpose and up to two indices.
  package func deviate(_ purpose: Purpose, _ first: Int = 0, _ second: Int = 0) -> Double {
    var generator = generator(for: purpose, first, second)
    return generator.normalDouble()
  }

  private static func scrambled(_ key: UInt64, with word: UInt64) -> UInt64 {
    var generator = Generator(seed: key ^ (word &* 0xD6E8_FEB8_6659_FD93))
    return generator.next()
  }
}
