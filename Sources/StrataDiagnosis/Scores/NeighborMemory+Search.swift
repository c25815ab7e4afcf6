package import StrataTensor

extension NeighborMemory {
  /// How many rows and how many vectors one product compares: it stays in a core's cache.
  private static let tile = (rows: 256, vectors: 1024)

  /// The Euclidean distance of every row to the nearest vector, and which that is; the first of several.
  ///
  /// - Precondition: `rows` has shape `[count, width]`, and every element is finite.
  /// - Complexity: One product of `[count, width]` and `[width, n]`, in tiles.
  package func nearest(to rows: NDArray) -> (distances: [Float], indices: [Int]) {
    require(
      rows.shape.rank == 2 && rows.shape[1] == vectors.shape[1],
      "NeighborMemory: rows of shape \(rows.shape), vectors of shape \(vectors.shape)")
    var found: [NeighborSearch] = []
    found.reserveCapacity(rows.shape[0])
    for start in stride(from: 0, to: rows.shape[0], by: Self.tile.rows) {
      found += search(rows.rows(start..<min(start + Self.tile.rows, rows.shape[0])))
    }
    return (found.map { Float($0.best.squareRoot()) }, found.map(\.index))
  }

  private func search(_ rows: NDArray) -> [NeighborSearch] {
    let (count, width) = (rows.shape[0], rows.shape[1])
    var searches = squaredLengths(of: rows).map { NeighborSearch(squaredLength: $0, width: width) }
    for first in stride(from: 0, to: vectors.shape[0], by: Self.tile.vectors) {
      let block = first..<min(first + Self.tile.vectors, vectors.shape[0])
      let products = matmul(rows, vectors.rows(block), transposeB: true)
      rows.withElements { x in
        vectors.withElements { v in
          products.withElements { p in
            halfSquares.withUnsafeBufferPointer { halves in
              for row in 0..<count {
                let x = x.baseAddress! + row * width
                // Rows follow each other in time: the neighbour of one is a good first guess for the next.
                if row > 0 { searches[row].consider(searches[row - 1].index, x, v.baseAddress!) }
                searches[row].scan(
                  block, x, v.baseAddress!, products: p.baseAddress! + row * block.count,
                  halves: halves.baseAddress! + first)
              }
            }
          }
        }
      }
    }
    return searches
  }
}

/// The nearest vector to one row, so far.
private struct NeighborSearch {
  /// The squared distance to it.
  private(set) var best = Double.infinity
  private(set) var index = 0
  /// What `|v|²/2 − x·v` may be, rounding included, for a vector `v` that is as near as the best.
  private var limit = Float.infinity
  private let squaredLength: Double
  private let width: Int
  /// The most that a sum of `width` products and two more terms is wrong by, relative to the sum of their sizes.
  private var roundingError: Double { Double(width + 4) * 0x1p-24 }

  init(squaredLength: Double, width: Int) { (self.squaredLength, self.width) = (squaredLength, width) }

  /// Looks for nearer vectors in a block, whose products with the row and half squared lengths are given.
  @inline(__always)
  mutating func scan(
    _ block: Range<Int>, _ x: UnsafePointer<Float>, _ vectors: UnsafePointer<Float>, products: UnsafePointer<Float>,
    halves: UnsafePointer<Float>
  ) {
    let groupLength = 64
    var start = 0
    while start < block.count {
      let end = min(start + groupLength, block.count)
      if end - start < groupLength || lowest(products + start, halves + start, groupLength) <= limit {
        for i in start..<end where halves[i] - products[i] <= limit { consider(block.lowerBound + i, x, vectors) }
      }
      start = end
    }
  }

  /// Compares with one vector by differences.
  mutating func consider(_ candidate: Int, _ x: UnsafePointer<Float>, _ vectors: UnsafePointer<Float>) {
    guard candidate != index || best == .infinity else { return }
    let distance = squaredDistance(x, vectors + candidate * width, width)
    guard distance < best || (distance == best && candidate < index) else { return }
    (best, index) = (distance, candidate)
    // A vector as near as this one is at most as long as the row and the distance together.
    let length = squaredLength.squareRoot() + distance.squareRoot()
    limit = Float((distance - squaredLength) / 2 + 2 * roundingError * length * length).nextUp
  }
}

/// The least `halves[i] − products[i]`.
///
/// Four registers of four lanes: wider vectors are taken apart by loops over single lanes.
///
/// - Precondition: `count` is a multiple of 16.
@inline(__always)
private func lowest(_ products: UnsafePointer<Float>, _ halves: UnsafePointer<Float>, _ count: Int) -> Float {
  typealias Lanes = SIMD4<Float>
  let (p, h) = (UnsafeRawPointer(products), UnsafeRawPointer(halves))
  func lanes(_ offset: Int) -> Lanes {
    h.loadUnaligned(fromByteOffset: offset, as: Lanes.self) - p.loadUnaligned(fromByteOffset: offset, as: Lanes.self)
  }
  func lesser(_ a: Lanes, _ b: Lanes) -> Lanes { a.replacing(with: b, where: b .< a) }
  var (a, b, c, d) = (lanes(0), lanes(16), lanes(32), lanes(48))
  for offset in stride(from: 64, to: count * 4, by: 64) {
    a = lesser(a, lanes(offset))
    b = lesser(b, lanes(offset + 16))
    c = lesser(c, lanes(offset + 32))
    d = lesser(d, lanes(offset + 48))
  }
  let all = lesser(lesser(a, b), lesser(c, d))
  return min(min(all.x, all.y), min(all.z, all.w))
}

private func squaredDistance(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Double {
  sumOfSquares(count) { Double(a[$0]) - Double(b[$0]) }
}
