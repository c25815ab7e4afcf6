/// The encoder on a stream: the rows of a product are entities instead of samples, and every block remembers the last
/// normalised rows that its convolution still sees, `[reach, entity, width]`, so that entities which advance together are
/// one stretch of memory.
extension FrozenConvolutionEncoder {
  var inputs: Int { input.inputs }
  var featureBounds: [Float] { norm.bounds }
  var streamObstacle: String? { nil }

  func stateCounts(windowLength: Int) -> [Int] { blocks.map { $0.reach * width } }

  private var mostTaps: Int { blocks.reduce(1) { max($0, $1.convolution.taps) } }

  func streamScratchCount(rows: Int, windowLength: Int) -> Int {
    let products = blocks.map {
      $0.convolution.scratchCount(
        rows: rows, xRow: $0.convolution.taps * width, taps: DenseMap.Taps(row: width, dilation: $0.dilation))
    }
    return rows * ((1 + mostTaps) * width + 2)
      + products.reduce(input.scratchCount(rows: rows, xRow: input.inputs), max)
  }

  func advance(
    _ rows: StreamRows, _ x: UnsafePointer<Float>, to features: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<Float>
  ) {
    let count = rows.entities.count, h = scratch, taps = h + count * width
    let moments = taps + count * mostTaps * width, product = moments + 2 * count
    rows.counts.withUnsafeBufferPointer { counts in
      forward(x, rows: count, to: features, h, normed: features, moments, product) { index in
        let (seen, dilation) = (blocks[index].convolution.taps, blocks[index].dilation)
        gather(index, rows, features, to: taps)
        return RowsSeen(
          start: UnsafePointer(taps), row: seen * width,
          taps: DenseMap.Taps(
            row: width, dilation: dilation, indices: counts.baseAddress! + rows.entities.lowerBound))
      }
    }
  }

  /// Lays what the convolution of a block sees side by side, the oldest first, and keeps the new rows.
  private func gather(
    _ index: Int, _ rows: StreamRows, _ normed: UnsafePointer<Float>, to taps: UnsafeMutablePointer<Float>
  ) {
    let block = blocks[index], count = block.convolution.taps, state = rows.state(index)
    func ring(_ step: Int, _ entity: Int) -> UnsafeMutablePointer<Float> {
      state + (step % block.reach * rows.total + entity) * width
    }
    for (row, entity) in rows.entities.enumerated() {
      let to = taps + row * count * width, newest = normed + row * width, step = rows.counts[entity]
      for tap in 0..<count - 1 {
        (to + tap * width).update(from: ring(step + tap * block.dilation, entity), count: width)
      }
      (to + (count - 1) * width).update(from: newest, count: width)
      if block.reach > 0 { ring(step, entity).update(from: newest, count: width) }
    }
  }

  func forget(_ rows: StreamRows) {
    for (index, block) in blocks.enumerated() {
      for slot in 0..<block.reach {
        let first = rows.state(index) + (slot * rows.total + rows.entities.lowerBound) * width
        first.update(repeating: 0, count: rows.entities.count * width)
      }
    }
  }
}
