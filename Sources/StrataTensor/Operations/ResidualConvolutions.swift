internal import CStrataKernels

/// The parameters of one residual convolution: `x + gelu(convolution(layerNorm(x)))`.
public struct ResidualConvolution: Sendable {
  /// Of the norm, shape `[width]`.
  public var scale: Tensor, shift: Tensor
  /// Shape `[tap, width, width]`; the last tap is the current step.
  public var weight: Tensor
  /// Shape `[width]`.
  public var bias: Tensor
  /// The steps between taps.
  public var dilation: Int
  /// Added to the variance.
  public var epsilon: Float

  /// Parameters of one block.
  public init(scale: Tensor, shift: Tensor, weight: Tensor, bias: Tensor, dilation: Int, epsilon: Float) {
    (self.scale, self.shift, self.weight, self.bias) = (scale, shift, weight, bias)
    (self.dilation, self.epsilon) = (dilation, epsilon)
  }
}

/// Returns what residual convolutions make of sequences, one after the other, as one operation.
///
/// The same as `layerNorm`, `causalConvolution`, `gelu` and a sum for every block, up to rounding. Here a sequence passes
/// through all blocks before the next one begins, so that its intermediate results stay in the fast caches, forward and
/// backward; only the sums before GELU are kept for the way back, from which the inputs of the blocks are computed again.
///
/// - Parameters:
///   - x: Shape `[batch, time, width]`.
///   - blocks: At least one.
///   - precision: Of the convolutions, forward and backward.
/// - Returns: Shape `[batch, time, width]`.
/// - Complexity: O(batch · time · width² · taps of all blocks).
public func residualConvolutions(
  _ x: Tensor, _ blocks: [ResidualConvolution], precision: ProductPrecision = .fp32
) -> Tensor {
  let plan = ResidualConvolutionPlan(x.shape, blocks, precision)
  let inputs = [x] + blocks.flatMap { [$0.scale, $0.shift, $0.weight, $0.bias] }
  let arrays = inputs.map(\.value)
  let results = plan.results(arrays)
  let sums = Array(results.dropFirst())
  return Tensor(results[0], "residualConvolutions", from: inputs) { upstream, _ in
    plan.gradients(upstream, arrays, sums: sums)
  }
}

/// Operands in the order x, then scale, shift, weight and bias of every block.
private struct ResidualConvolutionPlan: Sendable {
  let batch: Int, time: Int, width: Int
  let blocks: [Block]
  let precision: ProductPrecision

  struct Block: Sendable {
    let taps: Int, dilation: Int
    let epsilon: Float
    /// The first taps, which see nothing in sequences of this length.
    let blind: Int
    /// The rows before the first that the other taps reach for.
    var reach: Int { (taps - blind - 1) * dilation }
  }

  init(_ x: Shape, _ blocks: [ResidualConvolution], _ precision: ProductPrecision) {
    require(x.rank == 3 && !blocks.isEmpty, "residualConvolutions: \(blocks.count) blocks of input \(x)")
    (batch, time, width, self.precision) = (x[0], x[1], x[2], precision)
    self.blocks = blocks.map { block in
      let weight = block.weight.shape
      require(
        weight.rank == 3 && weight[0] > 0 && weight[1] == x[2] && weight[2] == x[2],
        "residualConvolutions: weight \(weight) does not fit input \(x)")
      for (name, vector) in [("scale", block.scale), ("shift", block.shift), ("bias", block.bias)] {
        require(
          vector.shape == [x[2]], "residualConvolutions: \(name) \(vector.shape) does not fit input \(x)")
      }
      require(block.dilation > 0, "residualConvolutions: dilation \(block.dilation) is not positive")
      return Block(
        taps: weight[0], dilation: block.dilation, epsilon: block.epsilon,
        blind: max(weight[0] - 1 - max(x[1] - 1, 0) / block.dilation, 0))
    }
  }

  private var sequence: Int { time * width }
  private var reach: Int { blocks.map(\.reach).max()! }
  private var weightGradient: WeightGradient { WeightGradient(rows: time, inputs: width, outputs: width, precision) }
  private func weight(_ block: Int) -> Int { 4 * block + 3 }

  /// Whether the gradient of a block's weight is made from pairs of rows; short sequences have none.
  private func pairsRows(_ block: Block) -> Bool { block.blind == 0 && weightGradient.pairsRows(taps: block.taps) }

  /// The floats of memory that the gradients of all weights need, one after the other.
  private var gradientScratch: Int {
    blocks.map {
      pairsRows($0) ? weightGradient.pairScratchFloats(dilation: $0.dilation) : weightGradient.scratchFloats
    }
    .max()!
  }

  /// What a row of one sequence sees lies above it.
  private func shape(_ block: Block, keeping sums: UnsafeMutablePointer<Float>? = nil) -> sk_dense_shape {
    sk_dense_shape(
      rows: time, taps: block.taps, inputs: width, outputs: width, x_row: width, tap_row: block.dilation * width,
      out_row: width, skipped: block.blind, dilation: block.dilation, first: 0, indices: nil, kept: sums)
  }

  /// On the way back it lies below, and the current step's tap comes first, so that those which see nothing come last.
  /// Every row counts as one whose taps all see something.
  private func turnedShape(_ block: Block) -> sk_dense_shape {
    sk_dense_shape(
      rows: time, taps: block.taps - block.blind, inputs: width, outputs: width, x_row: width,
      tap_row: block.dilation * width, out_row: width, skipped: 0, dilation: block.dilation,
      first: block.reach, indices: nil, kept: nil)
  }

  /// The floats of a packed weight, with all taps or, on the way back, those that see anything.
  private func packedCount(_ block: Block) -> Int {
    let dense = precision.dense
    return
      (max(dense.packed_bytes(block.taps, width, width), dense.packed_bytes(block.taps - block.blind, width, width))
      + 3) / 4
  }

  /// The floats of memory that the products of a block need, forward or backward.
  private var denseScratch: Int {
    blocks.map { block in
      (max(precision.dense.scratch_bytes(shape(block)), precision.dense.scratch_bytes(turnedShape(block))) + 3) / 4
    }.max()!
  }

  private var packedCount: Int { blocks.reduce(0) { $0 + packedCount($1) } }

  /// The value, and the sums before GELU of every block.
  func results(_ arrays: [NDArray]) -> [NDArray] {
    let x = arrays[0]
    guard x.count > 0 else { return [NDArray](repeating: x, count: blocks.count + 1) }
    let memory = ProductScratch(floats: packedCount + reach * width + sequence + 2 * time + denseScratch)
    let padded = memory.start + packedCount, branch = padded + reach * width, moments = branch + sequence
    let (scratch, dense) = (moments + 2 * time, precision.dense)
    padded.update(repeating: 0, count: reach * width)
    return writing([Shape](repeating: x.shape, count: blocks.count + 1)) { results in
      withExtendedLifetime(arrays) {
        var packed = memory.start
        for (index, block) in blocks.enumerated() {
          dense.pack(packed, arrays[weight(index)].start, width, 1, block.taps, width, width)
          packed += packedCount(block)
        }
        for b in 0..<batch {
          let h = results[0] + b * sequence
          var input = x.start + b * sequence
          packed = memory.start
          for (index, block) in blocks.enumerated() {
            let sums = results[index + 1] + b * sequence
            kernels.layer_norm(
              branch, moments, moments + time, input, arrays[4 * index + 1].start, arrays[4 * index + 2].start, time,
              width, block.epsilon)
            if index == 0 { h.update(from: input, count: sequence) }
            dense.apply(
              h, branch - block.reach * width, packed, arrays[4 * index + 4].start, shape(block, keeping: sums),
              Int32(sk_after_gelu | sk_after_add), scratch)
            (input, packed) = (UnsafePointer(h), packed + packedCount(block))
          }
        }
      }
    }
  }

  func gradients(_ upstream: NDArray, _ arrays: [NDArray], sums: [NDArray]) -> [NDArray?] {
    guard arrays[0].count > 0 else { return arrays.map { NDArray($0.shape, repeating: 0) } }
    var vectors = [Double](repeating: 0, count: 3 * width * blocks.count)
    let memory = ProductScratch(
      floats: packedCount + (blocks.count + 2) * sequence + 2 * reach * width + 2 * time
        + blocks.count * width * width + max(gradientScratch, denseScratch))
    let shapes = [arrays[0].shape] + blocks.indices.map { arrays[weight($0)].shape }
    let written = writing(shapes) { gradients in
      vectors.withUnsafeMutableBufferPointer { vectors in
        withExtendedLifetime((arrays, upstream, sums)) {
          var packed = memory.start
          for (index, block) in blocks.enumerated() {
            packTurned(arrays[weight(index)].start, block, into: packed)
            gradients[index + 1].update(repeating: 0, count: arrays[weight(index)].count)
            packed += packedCount(block)
          }
          let fourths = packed
          fourths.update(repeating: 0, count: blocks.count * width * width)
          let workspace = Workspace(fourths + blocks.count * width * width, self)
          for b in 0..<batch {
            let g = gradients[0] + b * sequence
            g.update(from: upstream.start + b * sequence, count: sequence)
            workspace.recompute(b, arrays, sums, self)
            packed = memory.start + packedCount
            for index in blocks.indices.reversed() {
              packed -= packedCount(blocks[index])
              sendBack(
                g, through: index, arrays, sums: sums[index].start + b * sequence, packed: packed,
                weight: gradients[index + 1], fourth: fourths + index * width * width,
                vectors: vectors.baseAddress! + 3 * width * index, workspace)
            }
          }
          for (index, block) in blocks.enumerated() where pairsRows(block) {
            weightGradient.combinePairs(gradients[index + 1], fourth: fourths + index * width * width)
          }
        }
      }
    }
    return [written[0]]
      + blocks.indices.flatMap { index -> [NDArray?] in
        let parts = (0..<3).map { part in
          NDArray([width], vectors[(3 * index + part) * width..<(3 * index + part + 1) * width].map { Float($0) })
        }
        return [parts[0], parts[1], written[index + 1], parts[2]]
      }
  }

  /// Changes the gradient of a block's result into that of its input, and adds to those of its parameters.
  ///
  /// - Parameters:
  ///   - weight: The gradient of the weight, or three of the four products that it is made from when all sequences have
  ///     passed.
  ///   - fourth: The one of these that is left.
  ///   - vectors: The gradients of scale, shift and bias.
  private func sendBack(
    _ g: UnsafeMutablePointer<Float>, through index: Int, _ arrays: [NDArray], sums: UnsafePointer<Float>,
    packed: UnsafePointer<Float>, weight: UnsafeMutablePointer<Float>, fourth: UnsafeMutablePointer<Float>,
    vectors: UnsafeMutablePointer<Double>, _ workspace: Workspace
  ) {
    let block = blocks[index], scale = arrays[4 * index + 1].start, shift = arrays[4 * index + 2].start
    let input = workspace.inputs + index * sequence, branch = workspace.branch, slopes = workspace.slopes
    let moments = workspace.moments
    kernels.gelu_and_bias_slope(slopes, vectors + 2 * width, g, sums, time, width)
    kernels.layer_norm(branch, moments, moments + time, input, scale, shift, time, width, block.epsilon)
    if pairsRows(block) {
      weightGradient.addPairs(
        branch, slopes, dilation: block.dilation, to: weight, fourth: fourth, scratch: workspace.scratch)
    } else {
      let seen = (block.blind..<block.taps).map { tap in
        UnsafePointer(branch - (block.taps - 1 - tap) * block.dilation * width)
      }
      weightGradient.add(seen, slopes, to: weight + block.blind * width * width, scratch: workspace.scratch)
    }
    // The branch is no longer needed, and what comes back has its size.
    precision.dense.apply(
      branch, slopes, packed, nil, turnedShape(block), Int32(sk_after_nothing), workspace.scratch)
    kernels.layer_norm_slope(
      slopes, vectors, vectors + width, branch, input, moments, moments + time, scale, time, width)
    kernels.axpy(g, 1, slopes, sequence)
  }

  /// Packs a weight for the way back: outputs become inputs, and the current step's tap comes first.
  private func packTurned(_ weight: UnsafePointer<Float>, _ block: Block, into packed: UnsafeMutablePointer<Float>) {
    let square = width * width
    let taps = block.taps - block.blind
    let turned = ProductScratch(floats: taps * square)
    for tap in 0..<taps {
      let from = weight + (block.taps - 1 - tap) * square, to = turned.start + tap * square
      for row in 0..<width { for column in 0..<width { to[column * width + row] = from[row * width + column] } }
    }
    precision.dense.pack(packed, turned.start, width, 1, taps, width, width)
  }

  /// Memory of the way back for one sequence: the inputs of all blocks, and what one block needs at a time. Zeros lie above
  /// the branch and below the slopes.
  private struct Workspace {
    let inputs: UnsafeMutablePointer<Float>, branch: UnsafeMutablePointer<Float>, slopes: UnsafeMutablePointer<Float>
    let moments: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>

    init(_ start: UnsafeMutablePointer<Float>, _ plan: ResidualConvolutionPlan) {
      let margin = plan.reach * plan.width
      inputs = start
      branch = inputs + plan.blocks.count * plan.sequence + margin
      slopes = branch + plan.sequence
      moments = slopes + plan.sequence + margin
      scratch = moments + 2 * plan.time
      (branch - margin).update(repeating: 0, count: margin)
      (slopes + plan.sequence).update(repeating: 0, count: margin)
    }

    /// Computes the inputs of all blocks again.
    func recompute(_ b: Int, _ arrays: [NDArray], _ sums: [NDArray], _ plan: ResidualConvolutionPlan) {
      let first = b * plan.sequence
      inputs.update(from: arrays[0].start + first, count: plan.sequence)
      for index in 1..<plan.blocks.count {
        let input = inputs + index * plan.sequence
        kernels.add_gelu(input, input - plan.sequence, sums[index - 1].start + first, plan.sequence)
      }
    }
  }
}
