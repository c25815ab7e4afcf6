/// How two shapes combine element by element under NumPy's rules: shapes are aligned at the innermost axis, and an axis
/// of extent one, or a missing one, repeats.
struct BroadcastPlan {
  let result: Shape
  /// The axes of the walk, adjacent ones merged wherever both operands allow it; outermost first.
  private(set) var extents: [Int] = []
  /// The operands' strides along those axes; zero where an operand repeats.
  private(set) var leftStrides: [Int] = []
  private(set) var rightStrides: [Int] = []

  /// - Precondition: On every axis the extents are equal, or one of them is one.
  init(_ left: Shape, _ right: Shape, _ operation: StaticString) {
    let rank = max(left.rank, right.rank)
    var dimensions = [Int](repeating: 1, count: rank)
    var (leftStride, rightStride) = (1, 1)
    var axes: [(extent: Int, left: Int, right: Int)] = []
    for axis in (0..<rank).reversed() {
      let l = Self.extent(of: left, axis, rank), r = Self.extent(of: right, axis, rank)
      require(l == r || l == 1 || r == 1, "\(operation): shapes \(left) and \(right) do not broadcast")
      let extent = l == 1 ? r : l
      dimensions[axis] = extent
      axes.append((extent, l == 1 ? 0 : leftStride, r == 1 ? 0 : rightStride))
      (leftStride, rightStride) = (leftStride * l, rightStride * r)
    }
    result = Shape(dimensions)
    for axis in axes where axis.extent != 1 {
      if let inner = extents.first, axis.left == leftStrides[0] * inner, axis.right == rightStrides[0] * inner {
        extents[0] *= axis.extent
      } else {
        extents.insert(axis.extent, at: 0)
        leftStrides.insert(axis.left, at: 0)
        rightStrides.insert(axis.right, at: 0)
      }
    }
  }

  private static func extent(of shape: Shape, _ axis: Int, _ rank: Int) -> Int {
    let own = axis - (rank - shape.rank)
    return own < 0 ? 1 : shape[own]
  }

  /// Calls `body` once per block of two axes, with the offset of the block in the result and in each operand.
  ///
  /// A block is `rows × columns` of the result, contiguous; an operand's rows are `rowStride` apart and its columns
  /// `columnStride`, zero or one.
  func forEachBlock(_ body: (_ block: Block) -> Void) {
    guard result.elementCount > 0 else { return }
    let rank = extents.count
    let columns = rank > 0 ? extents[rank - 1] : 1, rows = rank > 1 ? extents[rank - 2] : 1
    func strides(_ all: [Int]) -> (row: Int, column: Int) {
      (rank > 1 ? all[rank - 2] : 0, rank > 0 ? all[rank - 1] : 1)
    }
    var block = Block(rows: rows, columns: columns, left: strides(leftStrides), right: strides(rightStrides))
    let outer = max(rank - 2, 0)
    var position = [Int](repeating: 0, count: outer)
    while true {
      body(block)
      block.offset += rows * columns
      var axis = outer - 1
      while axis >= 0 {
        position[axis] += 1
        block.leftOffset += leftStrides[axis]
        block.rightOffset += rightStrides[axis]
        if position[axis] < extents[axis] { break }
        block.leftOffset -= leftStrides[axis] * extents[axis]
        block.rightOffset -= rightStrides[axis] * extents[axis]
        position[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }

  struct Block {
    let rows: Int, columns: Int
    let left: (row: Int, column: Int), right: (row: Int, column: Int)
    var offset = 0, leftOffset = 0, rightOffset = 0

    init(rows: Int, columns: Int, left: (row: Int, column: Int), right: (row: Int, column: Int)) {
      (self.rows, self.columns, self.left, self.right) = (rows, columns, left, right)
    }
  }
}
