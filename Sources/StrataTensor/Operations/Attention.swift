#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Returns scaled dot-product attention with several heads, as one operation.
///
/// - Parameters:
///   - query: Shape `[batch, queries, width]`; the heads lie one after another in the last axis.
///   - key: Shape `[batch, keys, width]`.
///   - value: Shape `[batch, keys, width]`.
///   - heads: How many heads; `width` is a multiple of it.
///   - causal: Whether a query sees only keys up to its own step; the last query is aligned with the last key.
///   - keyMask: Shape `[batch, keys]`; only keys with a one are seen. A query that sees none returns zeros.
/// - Returns: Shape `[batch, queries, width]`.
/// - Complexity: O(batch · queries · keys · width) time. The pullback recomputes the weights, so that only one number per
///   query and head is kept.
///
/// References: Vaswani et al., "Attention Is All You Need", NeurIPS 2017; Dao et al., "FlashAttention", NeurIPS 2022, for
/// recomputing instead of storing.
public func attention(
  query: Tensor, key: Tensor, value: Tensor, heads: Int, causal: Bool = false, keyMask: NDArray? = nil
) -> Tensor {
  let plan = AttentionPlan(query.shape, key.shape, value.shape, heads: heads, causal: causal, keyMask: keyMask)
  let (q, k, v) = (query.value, key.value, value.value)
  let (result, logSums) = plan.result(q, k, v)
  return Tensor(result, "attention", from: [query, key, value]) { upstream, _ in
    plan.gradients(upstream, q, k, v, result, logSums)
  }
}

/// Returns scaled dot-product attention with several heads; see the differentiable form.
public func attention(
  query: NDArray, key: NDArray, value: NDArray, heads: Int, causal: Bool = false, keyMask: NDArray? = nil
) -> NDArray {
  AttentionPlan(query.shape, key.shape, value.shape, heads: heads, causal: causal, keyMask: keyMask)
    .result(query, key, value).value
}

private struct AttentionPlan: Sendable {
  let batch: Int, queries: Int, keys: Int, width: Int, heads: Int
  let causal: Bool
  let keyMask: NDArray?
  var headWidth: Int { width / heads }
  var scale: Float { 1 / Float(headWidth).squareRoot() }

  init(_ query: Shape, _ key: Shape, _ value: Shape, heads: Int, causal: Bool, keyMask: NDArray?) {
    require(
      query.rank == 3 && key.rank == 3 && key == value && query[0] == key[0] && query[2] == key[2],
      "attention: query \(query), key \(key) and value \(value) do not fit")
    require(heads > 0 && query[2] % heads == 0, "attention: \(heads) heads do not divide width \(query[2])")
    require(!causal || query[1] <= key[1], "attention: causal with \(query[1]) queries for \(key[1]) keys")
    require(
      keyMask == nil || keyMask!.shape == [key[0], key[1]],
      "attention: key mask \(keyMask?.shape ?? []) does not fit key \(key)")
    (batch, queries, keys, width, self.heads) = (query[0], query[1], key[1], query[2], heads)
    (self.causal, self.keyMask) = (causal, keyMask)
  }

  /// The scaled scores of one head, minus infinity where a key is hidden.
  private func scores(
    _ q: UnsafePointer<Float>, _ k: UnsafePointer<Float>, _ mask: UnsafePointer<Float>?,
    into scores: UnsafeMutablePointer<Float>
  ) {
    sgemm(q, width, false, k, width, true, into: scores, keys, rows: queries, columns: keys, inner: headWidth, scale: scale)
    for row in 0..<queries {
      let seen = causal ? row + keys - queries + 1 : keys
      let scores = scores + row * keys
      for key in 0..<keys where key >= seen || (mask != nil && mask![key] == 0) { scores[key] = -.infinity }
    }
  }

  private func forEachHead(_ body: (_ index: Int, _ query: Int, _ key: Int, _ mask: UnsafePointer<Float>?) -> Void) {
    func walk(_ mask: UnsafePointer<Float>?) {
      for b in 0..<batch {
        for head in 0..<heads {
          let start = head * headWidth
          body(b * heads + head, b * queries * width + start, b * keys * width + start, mask.map { $0 + b * keys })
        }
      }
    }
    if let keyMask { keyMask.withElements { walk($0.baseAddress) } } else { walk(nil) }
  }

  /// The result, and the logarithm of each query's sum of exponentials, `[batch · heads, queries]`.
  func result(_ q: NDArray, _ k: NDArray, _ v: NDArray) -> (value: NDArray, logSums: NDArray) {
    var logSums = NDArray([batch * heads, queries], repeating: 0)
    let value = NDArray([batch, queries, width]) { out in
      guard out.count > 0, keys > 0 else { return out.initialize(repeating: 0) }
      let weights = UnsafeMutablePointer<Float>.allocate(capacity: queries * keys)
      defer { weights.deallocate() }
      logSums.withMutableElements { logSums in
        q.withElements { q in k.withElements { k in v.withElements { v in
          forEachHead { index, query, key, mask in
            scores(q.baseAddress! + query, k.baseAddress! + key, mask, into: weights)
            for row in 0..<queries {
              logSums[index * queries + row] = softmaxRow(weights + row * keys)
            }
            sgemm(
              weights, keys, false, v.baseAddress! + key, width, false, into: out.baseAddress! + query, width,
              rows: queries, columns: headWidth, inner: keys)
          }
        }}}
      }
    }
    return (value, logSums)
  }

  /// Turns one row of scores into weights; returns the logarithm of their sum, infinite when no key is seen.
  private func softmaxRow(_ row: UnsafeMutablePointer<Float>) -> Float {
    var greatest = -Float.infinity
    for i in 0..<keys { greatest = max(greatest, row[i]) }
    guard greatest > -.infinity else {
      row.update(repeating: 0, count: keys)
      return .infinity
    }
    var total: Float = 0
    for i in 0..<keys {
      row[i] = exp(row[i] - greatest)
      total += row[i]
    }
    for i in 0..<keys { row[i] /= total }
    return greatest + log(total)
  }

  func gradients(
    _ upstream: NDArray, _ q: NDArray, _ k: NDArray, _ v: NDArray, _ result: NDArray, _ logSums: NDArray
  ) -> [NDArray?] {
    var (dq, dk, dv) = (NDArray(q.shape, repeating: 0), NDArray(k.shape, repeating: 0), NDArray(k.shape, repeating: 0))
    guard q.count > 0, k.count > 0 else { return [dq, dk, dv] }
    let scratch = UnsafeMutablePointer<Float>.allocate(capacity: 2 * queries * keys)
    defer { scratch.deallocate() }
    let (weights, slopes) = (scratch, scratch + queries * keys)
    dq.withMutableElements { dq in dk.withMutableElements { dk in dv.withMutableElements { dv in
      q.withElements { q in k.withElements { k in v.withElements { v in
        upstream.withElements { g in result.withElements { out in logSums.withElements { logSums in
          forEachHead { index, query, key, mask in
            let (g, out) = (g.baseAddress! + query, out.baseAddress! + query)
            scores(q.baseAddress! + query, k.baseAddress! + key, mask, into: weights)
            for i in 0..<queries * keys { weights[i] = exp(weights[i] - logSums[index * queries + i / keys]) }
            sgemm(
              weights, keys, true, g, width, false, into: dv.baseAddress! + key, width, rows: keys, columns: headWidth,
              inner: queries)
            sgemm(
              g, width, false, v.baseAddress! + key, width, true, into: slopes, keys, rows: queries, columns: keys,
              inner: headWidth)
            for row in 0..<queries {
              var along: Float = 0
              for i in 0..<headWidth { along += g[row * width + i] * out[row * width + i] }
              for i in row * keys..<(row + 1) * keys { slopes[i] = weights[i] * (slopes[i] - along) * scale }
            }
            sgemm(
              slopes, keys, false, k.baseAddress! + key, width, false, into: dq.baseAddress! + query, width,
              rows: queries, columns: headWidth, inner: keys)
            sgemm(
              slopes, keys, true, q.baseAddress! + query, width, false, into: dk.baseAddress! + key, width, rows: keys,
              columns: headWidth, inner: queries)
          }
        }}}
      }}}
    }}}
    return [dq, dk, dv]
  }
}
