internal import CStrataKernels

extension TransformerPlan {
  /// The results of all blocks, and what the way back needs besides.
  func results(_ arrays: [NDArray]) -> [Kept] {
    let shapes = blocks.flatMap { block in
      [3 * width, width, width, block.hidden, width].map { Shape([batch, time, $0]) }
    }
    guard arrays[0].count > 0 else {
      return kept(shapes.map { NDArray($0, repeating: 0) })
    }
    let rows = group * time
    let scratch = blocks.map { block in
      max(
        (kernels.attention_scratch(time, width / block.heads) + 3) / 4,
        extents(block).map { PackedMap.scratchFloats(rows: rows, inputs: $0, outputs: $1, precision) }.max()!)
    }
    let memory = ProductScratch(
      floats: packedFloats(isTransposed: false) + rows * width + 2 * rows + Self.chunk * widest + scratch.max()!)
    return kept(
      writing(shapes) { results in
        withExtendedLifetime((arrays, keyMask, blocks)) {
          var place = memory.start
          let maps = maps(arrays, isTransposed: false, at: &place)
          for first in stride(from: 0, to: batch, by: group) {
            let sequences = first..<min(first + group, batch)
            var input = arrays[0].start
            for index in blocks.indices {
              let places = Places(results, block: index)
              pass(sequences, through: index, input, places, maps[index], arrays, memory: place)
              input = UnsafePointer(places.result)
            }
          }
        }
      })
  }

  private func kept(_ arrays: [NDArray]) -> [Kept] {
    blocks.indices.map { index in
      let own = arrays[5 * index..<5 * (index + 1)].map { $0 }
      return Kept(qkv: own[0], attended: own[1], middle: own[2], sums: own[3], result: own[4])
    }
  }

  /// Where the results of one block go.
  private struct Places {
    let qkv: UnsafeMutablePointer<Float>, attended: UnsafeMutablePointer<Float>, middle: UnsafeMutablePointer<Float>
    let sums: UnsafeMutablePointer<Float>, result: UnsafeMutablePointer<Float>

    init(_ results: [UnsafeMutablePointer<Float>], block: Int) {
      let own = results[5 * block..<5 * (block + 1)].map { $0 }
      (qkv, attended, middle, sums, result) = (own[0], own[1], own[2], own[3], own[4])
    }
  }

  /// One block for some sequences.
  private func pass(
    _ sequences: Range<Int>, through index: Int, _ input: UnsafePointer<Float>, _ to: Places, _ maps: Maps,
    _ arrays: [NDArray], memory: UnsafeMutablePointer<Float>
  ) {
    let block = blocks[index], first = sequences.lowerBound * time, rows = sequences.count * time
    func operand(_ operand: Operand) -> UnsafePointer<Float> { array(operand, of: index, in: arrays) }
    let normed = memory, moments = normed + rows * width, activated = moments + 2 * rows
    let scratch = activated + Self.chunk * widest
    let input = input + first * width, middle = to.middle + first * width, result = to.result + first * width
    kernels.layer_norm(
      normed, moments, moments + rows, input, operand(.attentionScale), operand(.attentionShift), rows, width,
      block.attentionEpsilon)
    maps.qkv.apply(normed, to: to.qkv + first * 3 * width, rows: rows, bias: operand(.qkvBias), scratch: scratch)
    for sequence in sequences { attend(sequence, block, to, scratch) }
    middle.update(from: input, count: rows * width)
    maps.projection.apply(
      to.attended + first * width, to: middle, rows: rows, bias: operand(.projectionBias), adding: true,
      scratch: scratch)
    kernels.layer_norm(
      normed, moments, moments + rows, middle, operand(.feedForwardScale), operand(.feedForwardShift), rows, width,
      block.feedForwardEpsilon)
    result.update(from: middle, count: rows * width)
    forEachChunk(rows) { row, count in
      let sums = to.sums + (first + row) * block.hidden
      maps.hidden.apply(
        normed + row * width, to: activated, rows: count, bias: operand(.hiddenBias), keepingForGELU: sums,
        scratch: scratch)
      maps.output.apply(
        activated, to: result + row * width, rows: count, bias: operand(.outputBias), adding: true, scratch: scratch)
    }
  }

  private func attend(_ sequence: Int, _ block: Block, _ to: Places, _ scratch: UnsafeMutablePointer<Float>) {
    let shape = attentionShape(block), headWidth = width / block.heads
    let qkv = to.qkv + sequence * time * 3 * width, attended = to.attended + sequence * time * width
    turn(qkv, block, direction: 1)
    for head in 0..<block.heads {
      let query = qkv + head * headWidth
      kernels.attention(
        attended + head * headWidth, query, query + width, query + 2 * width, shape,
        keyMask.map { $0.start + sequence * time }, scratch)
    }
  }
}
