public import StrataTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Returns how many directions embeddings use: exp of the entropy of their normalised singular values.
///
/// Between 1 (collapsed onto a line) and the smaller side of the matrix; 0 when every embedding is zero. The embeddings
/// are used as they are: subtract their mean first where a common offset should not count.
///
/// - Parameter embeddings: Of shape `[sample, latent]`; use several times more samples than directions.
/// - Throws: `LinearAlgebraError` when an element is not finite.
///
/// Reference: Garrido et al., "RankMe: Assessing the Downstream Performance of Pretrained Self-Supervised
/// Representations by Their Rank", ICML 2023.
public func rankMe(_ embeddings: Matrix) throws(LinearAlgebraError) -> Double {
  let values = try singularValues(embeddings)
  let total = values.reduce(0, +)
  if total == 0 { return 0 }
  let entropy = values.reduce(0) { sum, value in
    let share = value / total + 1e-7
    return sum - share * log(share)
  }
  return exp(entropy)
}
