internal import CStrataKernels

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
/// - Complexity: O(batch · queries · keys · width) time. The pullback recomputes the weights, so that nothing but the
///   operands is kept.
///
/// References: Vaswani et al., "Attention Is All You Need", NeurIPS 2017; Dao et al., "FlashAttention", NeurIPS 2022, for
/// recomputing instead of storing.
public func attention(
  query: Tensor, key: Tensor, value: Tensor, heads: Int, causal: Bool = false, keyMask: NDArray? = nil
) -> Tensor {
  let plan = AttentionPlan(query.shape, key.shape, value.shape, heads: heads, causal: causal, keyMask: keyMask)
  let (q, k, v) = (query.value, key.value, value.value)
  return Tensor(plan.result(q, k, v), "attention", from: [query, key, value]) { upstream, _ in
    plan.gradients(upstream, q, k, v)
  }
}

/// Returns scaled dot-product attention with several heads; see the differentiable form.
public func attention(
  query: NDArray, key: NDArray, value: NDArray, heads: Int, causal: Bool = false, keyMask: NDArray? = nil
) -> NDArray {
  AttentionPlan(query.shape, key.shape, value.shape, heads: heads, causal: causal, keyMask: keyMask)
    .result(query, key, value)
}

private struct AttentionPlan: Sendable {
  let batch: Int, queries: Int, keys: Int, width: Int, heads: Int
  let causal: Bool
  let keyMask: NDArray?
  var headWidth: Int { width / heads }

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

  private func forEachHead(_ body: (_ query: Int, _ key: Int, _ mask: UnsafePointer<Float>?) -> Void) {
    func walk(_ mask: UnsafePointer<Float>?) {
      for b in 0..<batch {
        for head in 0..<heads {
          let start = head * headWidth
          body(b * queries * width + start, b * keys * width + start, mask.map { $0 + b * keys })
        }
      }
    }
    if let keyMask { keyMask.withElements { walk($0.baseAddress) } } else { walk(nil) }
  }

  func result(_ q: NDArray, _ k: NDArray, _ v: NDArray) -> NDArray {
    NDArray([batch, queries, width]) { out in
      guard out.count > 0, keys > 0 else { return out.initialize(repeating: 0) }
      let scratch = ProductScratch(floats: (kernels.attention_scratch(keys, headWidth) + 3) / 4)
      let to = out.baseAddress!
      withExtendedLifetime((q, k, v)) {
        forEachHead { query, key, mask in
          kernels.attention(
            to + query, q.start + query, k.start + key, v.start + key, shape, mask, scratch.start)
        }
      }
    }
  }

  func gradients(_ upstream: NDArray, _ q: NDArray, _ k: NDArray, _ v: NDArray) -> [NDArray?] {
    guard q.count > 0, k.count > 0 else { return [q, k, v].map { NDArray($0.shape, repeating: 0) } }
    let scratch = ProductScratch(floats: (kernels.attention_slope_scratch(shape) + 3) / 4)
    return writing([q.shape, k.shape, v.shape]) { gradients in
      withExtendedLifetime((q, k, v, upstream)) {
        forEachHead { query, key, mask in
          kernels.attention_slope(
            gradients[0] + query, gradients[1] + key, gradients[2] + key, upstream.start + query, q.start + query,
            k.start + key, v.start + key, shape, mask, scratch.start)
        }
      }
    }
  }

  private var shape: sk_attention {
    sk_attention(
      queries: queries, keys: keys, width: headWidth, query_row: width, key_row: width, out_row: width,
      scale: 1 / Float(headWidth).squareRoot(), causal: causal ? 1 : 0)
  }
}
