/// A splittable generator of random bits: the same seed gives the same sequence on every machine.
///
/// SplitMix: a Weyl sequence with an odd step of its own, passed through a bijective mixer. A split generator starts at a
/// new state with a new step, so its sequence is independent of what its parent returns later. Only integer arithmetic
/// and correctly rounded operations are used, so no result depends on a maths library.
///
/// Reference: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
public struct Generator: RandomNumberGenerator, Sendable, Hashable, Codable {
  private var state: UInt64
  private var step: UInt64

  public init(seed: UInt64) {
    state = Self.mix(seed)
    step = 0x9E37_79B9_7F4A_7C15
  }

  private init(state: UInt64, step: UInt64) { (self.state, self.step) = (state, step) }

  public mutating func next() -> UInt64 {
    state &+= step
    return Self.mix(state)
  }

  /// A generator whose sequence is independent of what this one returns later.
  public mutating func split() -> Generator {
    let seed = next()
    state &+= step
    return Generator(state: seed, step: Self.mixStep(state))
  }

  /// Words that a kernel will draw by itself: word `i` is the mixed value of `state + (i + 1) · step`.
  struct Reserved: Sendable {
    let state: UInt64, step: UInt64
  }

  /// Sets the next `count` words aside; the generator goes on after them.
  mutating func reserve(_ count: Int) -> Reserved {
    defer { state &+= UInt64(count) &* step }
    return Reserved(state: state, step: step)
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// An odd step whose bits change often enough for the sequence to look random.
  private static func mixStep(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    z = (z ^ (z >> 33)) &* 0xC4CE_B9FE_1A85_EC53
    z = (z ^ (z >> 33)) | 1
    return (z ^ (z >> 1)).nonzeroBitCount < 24 ? z ^ 0xAAAA_AAAA_AAAA_AAAA : z
  }
}
