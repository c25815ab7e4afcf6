internal import CStrataKernels
import StrataModel
import StrataTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The encoder on a stream: every block remembers keys and values of the last window, per entity first the keys, `[width,
/// window]`, then the values, `[window, width]`. The newest takes the place of the oldest; turned keys carry their time
/// with them, so that it does not matter where they lie.
extension FrozenTransformerEncoder {
  var inputs: Int { input.inputs }
  var featureBounds: [Float] { norm.bounds }

  var streamObstacle: String? {
    if patch > 1 { return "joins \(patch) samples in one token" }
    if positions == .sinusoidal { return "knows samples by their place in the window" }
    return blocks.allSatisfy(\.isCausal) ? nil : "looks at later samples"
  }

  func stateCounts(windowLength: Int) -> [Int] { blocks.map { _ in 2 * windowLength * width } }

  private var headWidth: Int { blocks.first?.headWidth ?? 0 }
  private func wideCount(_ rows: Int) -> Int { blocks.reduce(0) { max($0, $1.wideCount(rows)) } }

  func streamScratchCount(rows: Int, windowLength: Int) -> Int {
    blocks.map { $0.streamProductCount(rows: rows, windowLength: windowLength) }
      .reduce(input.scratchCount(rows: rows, xRow: input.inputs), max)
      + rows * (2 * width + 2 + headWidth) + wideCount(rows)
  }

  func advance(
    _ rows: StreamRows, _ x: UnsafePointer<Float>, to features: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<Float>
  ) {
    let count = rows.entities.count, h = scratch, branch = h + count * width, moments = branch + count * width
    let turns = moments + 2 * count, wide = turns + count * headWidth, product = wide + wideCount(count)
    input.apply(x, row: input.inputs, to: h, row: width, rows: count, scratch: product)
    for (row, entity) in rows.entities.enumerated() {
      writeTurns(at: rows.counts[entity], to: turns + row * headWidth)
    }
    for index in blocks.indices {
      blocks[index].advance(
        rows, index, h, turns: turns,
        FrozenTransformerBlock.Places(branch: branch, chosen: branch, moments: moments, wide: wide, product: product))
    }
    norm.apply(h, to: features, rows: count, scratch: moments)
  }

  private func writeTurns(at time: Int, to turns: UnsafeMutablePointer<Float>) {
    for (pair, frequency) in frequencies.enumerated() {
      let angle = Double(time) * frequency
      turns[2 * pair] = Float(cos(angle))
      turns[2 * pair + 1] = Float(sin(angle))
    }
  }

  /// Keys and values of other entities are overwritten before they are seen.
  func forget(_ rows: StreamRows) {}
}

extension FrozenTransformerBlock {
  func streamProductCount(rows: Int, windowLength: Int) -> Int {
    max(
      qkv.scratchCount(rows: rows, xRow: width), projection.scratchCount(rows: rows, xRow: width),
      feedForwardCounts(rows: rows).product,
      (kernels.attend_newest_scratch(windowLength, heads) + 3) / 4)
  }

  /// Changes the newest row of every entity in place, and remembers its key and value.
  ///
  /// - Parameter index: Which block of the encoder this is.
  func advance(
    _ rows: StreamRows, _ index: Int, _ h: UnsafeMutablePointer<Float>, turns: UnsafePointer<Float>, _ places: Places
  ) {
    let count = rows.entities.count, window = rows.windowLength, wide = places.wide
    forward(h, rows: count, results: count, resultRow: width, places) {
      for part in 0..<2 { turn(wide + part * width, rows: count, turns) }
      for (row, entity) in rows.entities.enumerated() {
        let query = wide + row * 3 * width, key = query + width, value = key + width
        let keys = rows.state(index) + 2 * entity * window * width, values = keys + window * width
        let slot = rows.counts[entity] % window
        for element in 0..<width { keys[element * window + slot] = key[element] }
        (values + slot * width).update(from: value, count: width)
        kernels.attend_newest(
          places.branch + row * width, query, keys, values, min(rows.counts[entity] + 1, window), window, heads,
          headWidth, 1 / Float(headWidth).squareRoot(), places.product)
      }
    }
  }
}
