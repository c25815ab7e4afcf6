internal import CStrataKernels

// Sums, means, extrema and variances over axes. All accumulate in double precision.

/// The axes of a reduction: `[outer, reduced, inner]` after the reduced axes were moved next to each other.
struct ReductionPlan {
  let axes: [Int]
  let kept: Shape
  let result: Shape
  let outer: Int, reduced: Int, inner: Int
  /// The permutation that makes the reduced axes adjacent; `nil` when they already are.
  let permutation: [Int]?

  init(_ shape: Shape, over axes: [Int]?, keepingAxes: Bool, _ operation: StaticString) {
    let resolved = Set((axes ?? Array(0..<shape.rank)).map { shape.resolve($0, "\(operation)") }).sorted()
    self.axes = resolved
    kept = Shape(shape.dimensions.indices.map { resolved.contains($0) ? 1 : shape[$0] })
    let remaining = shape.dimensions.indices.filter { !resolved.contains($0) }
    result = keepingAxes ? kept : Shape(remaining.isEmpty ? [1] : remaining.map { shape[$0] })
    reduced = resolved.reduce(1) { $0 * shape[$1] }
    let isAdjacent = resolved.isEmpty || resolved.last! - resolved.first! == resolved.count - 1
    if isAdjacent {
      permutation = nil
      outer = shape.dimensions[..<(resolved.first ?? shape.rank)].reduce(1, *)
      inner = resolved.isEmpty ? 1 : shape.dimensions[(resolved.last! + 1)...].reduce(1, *)
    } else {
      permutation = remaining + resolved
      outer = remaining.reduce(1) { $0 * shape[$1] }
      inner = 1
    }
  }
}

extension NDArray {
  /// The sum of all elements, in double precision.
  public var total: Double { count == 0 ? 0 : withElements { kernels.sum($0.baseAddress!, $0.count) } }

  /// The sum over `axes`, or over all of them into shape `[1]`.
  public func sum(over axes: [Int]? = nil, keepingAxes: Bool = false) -> NDArray {
    summed(ReductionPlan(shape, over: axes, keepingAxes: keepingAxes, "sum"), scale: 1)
  }

  /// The mean over `axes`, or over all of them into shape `[1]`; not a number when there are no elements.
  public func mean(over axes: [Int]? = nil, keepingAxes: Bool = false) -> NDArray {
    let plan = ReductionPlan(shape, over: axes, keepingAxes: keepingAxes, "mean")
    return summed(plan, scale: 1 / Double(plan.reduced))
  }

  /// The greatest element over `axes`, or over all of them into shape `[1]`; minus infinity when there are none, and not
  /// a number when one is.
  public func max(over axes: [Int]? = nil, keepingAxes: Bool = false) -> NDArray {
    let plan = ReductionPlan(shape, over: axes, keepingAxes: keepingAxes, "max")
    let source = plan.permutation.map { transposed($0) } ?? self
    return NDArray(plan.result) { out in
      guard source.count > 0 else { return out.initialize(repeating: -.infinity) }
      withExtendedLifetime(source) {
        if plan.inner == 1 { return kernels.max_rows(out.baseAddress!, source.start, plan.outer, plan.reduced) }
        for outer in 0..<plan.outer {
          let to = out.baseAddress! + outer * plan.inner
          var from = source.start + outer * plan.reduced * plan.inner
          to.initialize(from: from, count: plan.inner)
          for _ in 1..<plan.reduced {
            from += plan.inner
            for i in 0..<plan.inner { to[i] = from[i] <= to[i] || to[i].isNaN ? to[i] : from[i] }
          }
        }
      }
    }
  }

  /// The population variance over `axes`, or over all of them into shape `[1]`.
  public func variance(over axes: [Int]? = nil, keepingAxes: Bool = false) -> NDArray {
    let centred = self - mean(over: axes, keepingAxes: true)
    return square(centred).mean(over: axes, keepingAxes: keepingAxes)
  }

  private func summed(_ plan: ReductionPlan, scale: Double) -> NDArray {
    let source = plan.permutation.map { transposed($0) } ?? self
    return NDArray(plan.result) { out in
      guard out.count > 0 else { return }
      guard source.count > 0 else { return out.initialize(repeating: Float(0 * scale)) }
      source.withElements { a in
        if plan.inner == 1 {
          kernels.sum_rows(out.baseAddress!, a.baseAddress!, plan.outer, plan.reduced, scale)
        } else {
          for outer in 0..<plan.outer {
            kernels.sum_columns(
              out.baseAddress! + outer * plan.inner, a.baseAddress! + outer * plan.reduced * plan.inner, plan.reduced,
              plan.inner, scale)
          }
        }
      }
    }
  }

  /// The same elements repeated along axes of extent one until the shape is `target`.
  func repeated(to target: Shape) -> NDArray {
    if shape == target { return self }
    if count == 1 { return NDArray(target, repeating: scalar) }
    let plan = BroadcastPlan(shape, target, "repeated")
    return NDArray(target) { out in
      withElements { a in
        plan.forEachBlock { block in
          for row in 0..<block.rows {
            let to = out.baseAddress! + block.offset + row * block.columns
            let from = a.baseAddress! + block.leftOffset + row * block.left.row
            if block.left.column == 0 {
              to.initialize(repeating: from.pointee, count: block.columns)
            } else {
              to.initialize(from: from, count: block.columns)
            }
          }
        }
      }
    }
  }
}

extension Tensor {
  /// The sum over `axes`, or over all of them into shape `[1]`.
  public func sum(over axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    let shape = self.shape
    let kept = ReductionPlan(shape, over: axes, keepingAxes: true, "sum").kept
    return Tensor(
      value.sum(over: axes, keepingAxes: keepingAxes), "sum",
      from: .input(self) { $0.reshaped(kept).repeated(to: shape) })
  }

  /// The mean over `axes`, or over all of them into shape `[1]`.
  public func mean(over axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    let shape = self.shape
    let plan = ReductionPlan(shape, over: axes, keepingAxes: true, "mean")
    return Tensor(
      value.mean(over: axes, keepingAxes: keepingAxes), "mean",
      from: .input(self) { ($0.reshaped(plan.kept) / Float(plan.reduced)).repeated(to: shape) })
  }

  /// The greatest element over `axes`, or over all of them into shape `[1]`; equal maxima share the gradient.
  public func max(over axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    let x = value
    let y = x.max(over: axes, keepingAxes: true)
    let result = ReductionPlan(shape, over: axes, keepingAxes: keepingAxes, "max").result
    return Tensor(
      y.reshaped(result), "max",
      from: .input(self) { upstream in
        let hits = x.isEqual(to: y)
        return hits * (upstream.reshaped(y.shape) / hits.sum(over: axes, keepingAxes: true))
      })
  }

  /// The population variance over `axes`, or over all of them into shape `[1]`.
  public func variance(over axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    let x = value
    let plan = ReductionPlan(shape, over: axes, keepingAxes: keepingAxes, "variance")
    return Tensor(
      x.variance(over: axes, keepingAxes: keepingAxes), "variance",
      from: .input(self) { upstream in
        (x - x.mean(over: axes, keepingAxes: true)) * (upstream.reshaped(plan.kept) * (2 / Float(plan.reduced)))
      })
  }
}
