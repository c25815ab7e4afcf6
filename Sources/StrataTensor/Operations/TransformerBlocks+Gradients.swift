internal import CStrataKernels

extension TransformerPlan {
  /// The gradients of all operands.
  func gradients(_ upstream: NDArray, _ arrays: [NDArray], _ kept: [Kept]) -> [NDArray?] {
    guard upstream.count > 0 else { return arrays.map { NDArray($0.shape, repeating: 0) } }
    let weights: [Operand] = [.qkvWeight, .projectionWeight, .hiddenWeight, .outputWeight]
    let shapes = blocks.indices.flatMap { block in
      weights.map { arrays[Operand.count * block + $0.rawValue].shape }
    }
    var vectors = blocks.map { [Double](repeating: 0, count: VectorPlaces(width).count + $0.hidden) }
    let memory = ProductScratch(floats: Workspace.floats(self))
    let written = writing([upstream.shape] + shapes) { gradients in
      withExtendedLifetime((upstream, arrays, kept, keyMask, blocks)) {
        for (gradient, shape) in zip(gradients.dropFirst(), shapes) {
          gradient.update(repeating: 0, count: shape.elementCount)
        }
        var place = memory.start
        let maps = maps(arrays, isTransposed: true, at: &place)
        let workspace = Workspace(self, place)
        for first in stride(from: 0, to: batch, by: group) {
          let sequences = first..<min(first + group, batch), count = sequences.count * time * width
          let g = gradients[0] + first * time * width
          g.update(from: upstream.start + first * time * width, count: count)
          for index in blocks.indices.reversed() {
            let input = (index == 0 ? arrays[0] : kept[index - 1].result).start
            let step = BackwardStep(
              plan: self, index: index, sequences: sequences, arrays: arrays, kept: kept[index],
              input: input + first * time * width, maps: maps[index],
              weights: Array(gradients[4 * index + 1..<4 * index + 5]), workspace: workspace)
            vectors[index].withUnsafeMutableBufferPointer { step.sendBack(g, vectors: $0.baseAddress!) }
          }
        }
      }
    }
    return [written[0]]
      + blocks.indices.flatMap { index -> [NDArray?] in
        let weights = Array(written[4 * index + 1..<4 * index + 5]), places = VectorPlaces(width)
        func vector(_ place: Int, _ count: Int) -> NDArray {
          NDArray([count], vectors[index][place..<place + count].map { Float($0) })
        }
        return [
          vector(places.attentionScale, width), vector(places.attentionShift, width), weights[0],
          vector(places.qkvBias, 3 * width), weights[1], vector(places.projectionBias, width),
          vector(places.feedForwardScale, width), vector(places.feedForwardShift, width), weights[2],
          vector(places.hiddenBias, blocks[index].hidden), weights[3], vector(places.outputBias, width),
        ]
      }
  }

  /// Where the gradients of the vectors of one block lie in one array, which the hidden bias ends.
  struct VectorPlaces {
    let attentionScale = 0, attentionShift: Int, feedForwardScale: Int, feedForwardShift: Int
    let projectionBias: Int, outputBias: Int, qkvBias: Int, hiddenBias: Int
    var count: Int { hiddenBias }

    init(_ width: Int) {
      (attentionShift, feedForwardScale, feedForwardShift) = (width, 2 * width, 3 * width)
      (projectionBias, outputBias, qkvBias, hiddenBias) = (4 * width, 5 * width, 6 * width, 9 * width)
    }
  }

  /// Memory of the way back for the sequences that pass together, besides the packed weights.
  struct Workspace {
    let normed: UnsafeMutablePointer<Float>, returned: UnsafeMutablePointer<Float>
    let moments: UnsafeMutablePointer<Float>, qkv: UnsafeMutablePointer<Float>
    let activated: UnsafeMutablePointer<Float>, slopes: UnsafeMutablePointer<Float>
    let scratch: UnsafeMutablePointer<Float>

    /// The floats of the workspace and of the packed weights before it.
    static func floats(_ plan: TransformerPlan) -> Int {
      let (rows, precision) = (plan.group * plan.time, plan.precision)
      let scratch = plan.blocks.flatMap { block in
        plan.extents(block).map { inputs, outputs in
          max(
            WeightGradient(rows: rows, inputs: inputs, outputs: outputs, precision).scratchFloats,
            PackedMap.scratchFloats(rows: rows, inputs: outputs, outputs: inputs, precision))
        } + [(kernels.attention_slope_scratch(plan.attentionShape(block)) + 3) / 4]
      }
      return plan.packedFloats(isTransposed: true) + rows * (5 * plan.width + 2) + 2 * TransformerPlan.chunk
        * plan.widest + scratch.max()!
    }

    init(_ plan: TransformerPlan, _ start: UnsafeMutablePointer<Float>) {
      let rows = plan.group * plan.time
      normed = start
      returned = normed + rows * plan.width
      qkv = returned + rows * plan.width
      moments = qkv + rows * 3 * plan.width
      activated = moments + 2 * rows
      slopes = activated + TransformerPlan.chunk * plan.widest
      scratch = slopes + TransformerPlan.chunk * plan.widest
    }
  }
}

/// The way back through one block for some sequences.
private struct BackwardStep {
  let plan: TransformerPlan, index: Int
  let sequences: Range<Int>
  let arrays: [NDArray]
  let kept: TransformerPlan.Kept
  /// What the block was given for these sequences.
  let input: UnsafePointer<Float>
  /// The transposed weights of the block.
  let maps: TransformerPlan.Maps
  /// The gradients of the four weights.
  let weights: [UnsafeMutablePointer<Float>]
  let workspace: TransformerPlan.Workspace

  private var width: Int { plan.width }
  private var rows: Int { sequences.count * plan.time }
  private var first: Int { sequences.lowerBound * plan.time }
  private var block: TransformerPlan.Block { plan.blocks[index] }

  private func operand(_ operand: TransformerPlan.Operand) -> UnsafePointer<Float> {
    plan.array(operand, of: index, in: arrays)
  }

  /// Changes the gradient of the block's result into that of its input, and adds to those of its parameters.
  func sendBack(_ g: UnsafeMutablePointer<Float>, vectors: UnsafeMutablePointer<Double>) {
    sendBackFeedForward(g, vectors)
    sendBackAttention(g, vectors)
  }

  private func sendBackFeedForward(_ g: UnsafeMutablePointer<Float>, _ vectors: UnsafeMutablePointer<Double>) {
    let places = TransformerPlan.VectorPlaces(width), hidden = block.hidden
    let middle = kept.middle.start + first * width
    norm(middle, .feedForwardScale, .feedForwardShift, block.feedForwardEpsilon)
    kernels.add_columns(vectors + places.outputBias, g, rows, width)
    plan.forEachChunk(rows) { row, count in
      let sums = kept.sums.start + (first + row) * hidden, g = g + row * width
      let (activated, slopes) = (workspace.activated, workspace.slopes)
      kernels.add_gelu(activated, nil, sums, count * hidden)
      add(activated, hidden, g, width, rows: count, to: weights[3])
      // The activation is no longer needed, and what comes back to it has its size.
      maps.output.apply(g, to: activated, rows: count, scratch: workspace.scratch)
      kernels.gelu_and_bias_slope(slopes, vectors + places.hiddenBias, activated, sums, count, hidden)
      add(workspace.normed + row * width, width, slopes, hidden, rows: count, to: weights[2])
      maps.hidden.apply(slopes, to: workspace.returned + row * width, rows: count, scratch: workspace.scratch)
    }
    sendBackNorm(
      g, middle, .feedForwardScale, vectors + places.feedForwardScale, vectors + places.feedForwardShift)
  }

  private func sendBackAttention(_ g: UnsafeMutablePointer<Float>, _ vectors: UnsafeMutablePointer<Double>) {
    let places = TransformerPlan.VectorPlaces(width), (returned, qkv) = (workspace.returned, workspace.qkv)
    kernels.add_columns(vectors + places.projectionBias, g, rows, width)
    add(kept.attended.start + first * width, width, g, width, rows: rows, to: weights[1])
    maps.projection.apply(g, to: returned, rows: rows, scratch: workspace.scratch)
    for sequence in sequences { attend(sequence) }
    kernels.add_columns(vectors + places.qkvBias, qkv, rows, 3 * width)
    norm(input, .attentionScale, .attentionShift, block.attentionEpsilon)
    add(workspace.normed, width, qkv, 3 * width, rows: rows, to: weights[0])
    maps.qkv.apply(qkv, to: returned, rows: rows, scratch: workspace.scratch)
    sendBackNorm(g, input, .attentionScale, vectors + places.attentionScale, vectors + places.attentionShift)
  }

  /// From what comes back to the heads of one sequence to what comes back to queries, keys and values.
  private func attend(_ sequence: Int) {
    let shape = plan.attentionShape(block), headWidth = width / block.heads
    let local = (sequence - sequences.lowerBound) * plan.time
    let qkv = workspace.qkv + local * 3 * width, g = workspace.returned + local * width
    let given = kept.qkv.start + sequence * plan.time * 3 * width
    for head in 0..<block.heads {
      let (to, from) = (qkv + head * headWidth, given + head * headWidth)
      kernels.attention_slope(
        to, to + width, to + 2 * width, g + head * headWidth, from, from + width, from + 2 * width, shape,
        plan.keyMask.map { $0.start + sequence * plan.time }, workspace.scratch)
    }
    plan.turn(qkv, block, direction: -1)
  }

  private func add(
    _ x: UnsafePointer<Float>, _ inputs: Int, _ g: UnsafePointer<Float>, _ outputs: Int, rows: Int,
    to gradient: UnsafeMutablePointer<Float>
  ) {
    WeightGradient(rows: rows, inputs: inputs, outputs: outputs, plan.precision)
      .add(x, g, to: gradient, scratch: workspace.scratch)
  }

  private func norm(
    _ x: UnsafePointer<Float>, _ scale: TransformerPlan.Operand, _ shift: TransformerPlan.Operand, _ epsilon: Float
  ) {
    kernels.layer_norm(
      workspace.normed, workspace.moments, workspace.moments + rows, x, operand(scale), operand(shift), rows, width,
      epsilon)
  }

  /// Adds what comes back through the last norm to `g`.
  private func sendBackNorm(
    _ g: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ scale: TransformerPlan.Operand,
    _ scales: UnsafeMutablePointer<Double>, _ shifts: UnsafeMutablePointer<Double>
  ) {
    kernels.layer_norm_slope(
      workspace.normed, scales, shifts, workspace.returned, x, workspace.moments, workspace.moments + rows,
      operand(scale), rows, width)
    kernels.axpy(g, 1, workspace.normed, rows * width)
  }
}
