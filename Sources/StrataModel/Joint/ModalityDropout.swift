import StrataTensor

/// Leaves layers out of windows at random, so that a model learns to do without any of them.
///
/// - Parameters:
///   - presence: One where a layer is present in a window; shape `[batch, layer]`.
///   - rate: The probability that a present layer is left out.
///   - generator: The source of randomness; every call draws equally often for a shape.
/// - Returns: The presence that remains. A window that had a layer keeps at least one: when all would go, a present one
///   drawn at random stays.
///
/// Reference: Neverova et al., "ModDrop: Adaptive Multi-Modal Gesture Recognition", TPAMI 2016.
func droppingLayers(_ presence: NDArray, rate: Float, using generator: inout Generator) -> NDArray {
  var result = presence
  let count = presence.shape[1]
  result.withMutableElements { elements in
    for window in 0..<presence.shape[0] {
      let row = window * count..<(window + 1) * count
      let present = row.filter { elements[$0] > 0 }
      for index in row where generator.bernoulli(Double(rate)) { elements[index] = 0 }
      let spared = Int(generator.uniformDouble() * Double(present.count))
      if !present.isEmpty, present.allSatisfy({ elements[$0] == 0 }) { elements[present[spared]] = 1 }
    }
  }
  return result
}
