/// The extents of an array, outermost dimension first.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  public let dimensions: [Int]

  /// - Precondition: No dimension is negative.
  public init(_ dimensions: [Int]) {
    require(dimensions.allSatisfy { $0 >= 0 }, "Shape: \(dimensions) has a negative dimension")
    self.dimensions = dimensions
  }

  public init(arrayLiteral elements: Int...) { self.init(elements) }

  public var rank: Int { dimensions.count }
  public var elementCount: Int { dimensions.reduce(1, *) }
  public var description: String { "\(dimensions)" }

  public subscript(_ axis: Int) -> Int { dimensions[axis] }

  /// The extent of the innermost dimension; one for a scalar shape.
  public var last: Int { dimensions.last ?? 1 }

  /// The product of every dimension except the innermost.
  public var rowCount: Int { dimensions.dropLast().reduce(1, *) }

  /// Resolves an axis that may count from the end (`-1` is the innermost).
  ///
  /// - Precondition: The axis exists.
  public func resolve(_ axis: Int, _ operation: @autoclosure () -> String) -> Int {
    let resolved = axis < 0 ? axis + rank : axis
    require(resolved >= 0 && resolved < rank, "\(operation()): axis \(axis) does not exist in \(self)")
    return resolved
  }
}

extension [Int] {
  /// The product of extents from outside; nil when there is no place for it in an integer.
  ///
  /// Extents beside a zero count too: strides are products of some extents, and need a place as well.
  package var product: Int? {
    var product = 1
    for factor in self where factor != 0 {
      let (next, isTooLarge) = product.multipliedReportingOverflow(by: factor)
      if isTooLarge { return nil }
      product = next
    }
    return contains(0) ? 0 : product
  }
}
