public import StrataTensor

/// A learned vector for each of a number of things.
public struct Embedding: Module {
  /// Shape `[count, width]`.
  public var table: Tensor

  /// Creates a table.
  ///
  /// - Parameters:
  ///   - count: How many things there are.
  ///   - width: The length of each vector.
  ///   - vectors: How the vectors are drawn.
  ///   - generator: The source of randomness.
  public init(
    count: Int, width: Int, vectors: Initializer = .truncatedNormal(deviation: 0.02), using generator: inout Generator
  ) {
    table = Tensor(vectors([count, width], using: &generator))
  }

  /// Looks up one vector per index.
  ///
  /// - Parameters:
  ///   - indices: Rows of the table, row-major in `shape`.
  ///   - shape: The shape of the indices; one axis when it is `nil`.
  /// - Returns: A tensor whose shape is that of the indices with `width` appended.
  public func callAsFunction(_ indices: [Int], shape: Shape? = nil) -> Tensor {
    embedding(table, indices, shape: shape)
  }

  public mutating func forEachParameter(_ visit: ParameterVisitor) rethrows { try visit("table", &table) }
}
