/// A dense, row-major array of floats with value semantics.
///
/// Reshaping and slicing along the outermost axis share storage; everything else copies. An array is copied when it is
/// written while shared.
public struct NDArray: Sendable {
  public let shape: Shape
  private var storage: TensorStorage
  private var offset: Int

  private init(_ shape: Shape, storage: TensorStorage, offset: Int) {
    (self.shape, self.storage, self.offset) = (shape, storage, offset)
  }

  /// Creates an array by letting `initialize` write every element once.
  public init<Failure: Error>(
    _ shape: Shape, initializingWith initialize: (UnsafeMutableBufferPointer<Float>) throws(Failure) -> Void
  ) throws(Failure) {
    self.init(shape, storage: TensorStorage(count: shape.elementCount), offset: 0)
    try initialize(storage.elements)
  }

  public init(_ shape: Shape, repeating value: Float) {
    self.init(shape) { $0.initialize(repeating: value) }
  }

  /// - Precondition: `elements` fills `shape` exactly.
  public init(_ shape: Shape, _ elements: [Float]) {
    require(elements.count == shape.elementCount, "NDArray: \(elements.count) elements do not fill shape \(shape)")
    self.init(shape) { _ = $0.initialize(from: elements) }
  }

  /// An array of shape `[1]`.
  public init(scalar value: Float) { self.init([1], repeating: value) }

  public var count: Int { shape.elementCount }

  public func withElements<R, Failure: Error>(
    _ body: (UnsafeBufferPointer<Float>) throws(Failure) -> R
  ) throws(Failure) -> R {
    try body(UnsafeBufferPointer(rebasing: storage.elements[offset..<offset + count]))
  }

  /// The first element, for kernels. Valid while the array lives: use inside `withExtendedLifetime`.
  var start: UnsafePointer<Float> { UnsafePointer(storage.elements.baseAddress! + offset) }

  public mutating func withMutableElements<R, Failure: Error>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws(Failure) -> R
  ) throws(Failure) -> R {
    if !isKnownUniquelyReferenced(&storage) {
      let copy = TensorStorage(count: count)
      withElements { _ = copy.elements.initialize(from: $0) }
      (storage, offset) = (copy, 0)
    }
    return try body(UnsafeMutableBufferPointer(rebasing: storage.elements[offset..<offset + count]))
  }

  /// A copy of the elements, row-major.
  public var elements: [Float] { withElements { Array($0) } }

  /// The only element.
  ///
  /// - Precondition: The array has exactly one element.
  public var scalar: Float {
    require(count == 1, "NDArray.scalar: shape \(shape) has \(count) elements, expected one")
    return withElements { $0[0] }
  }

  /// The element at `indices`, one index per axis.
  public subscript(_ indices: Int...) -> Float {
    require(indices.count == shape.rank, "NDArray: \(indices.count) indices for shape \(shape)")
    var flat = 0
    for (index, extent) in zip(indices, shape.dimensions) {
      require(index >= 0 && index < extent, "NDArray: index \(indices) is outside \(shape)")
      flat = flat * extent + index
    }
    return withElements { $0[flat] }
  }

  /// The same elements in another shape; shares storage.
  ///
  /// - Precondition: Both shapes hold equally many elements.
  public func reshaped(_ shape: Shape) -> NDArray {
    require(shape.elementCount == count, "reshaped: \(self.shape) does not fit \(shape)")
    return NDArray(shape, storage: storage, offset: offset)
  }

  /// A range of the outermost axis; shares storage.
  ///
  /// - Precondition: The range lies inside the axis.
  public func rows(_ range: Range<Int>) -> NDArray {
    require(
      shape.rank > 0 && range.lowerBound >= 0 && range.upperBound <= shape[0], "rows: \(range) is outside \(shape)")
    let stride = shape.dimensions.dropFirst().reduce(1, *)
    return NDArray(
      Shape([range.count] + shape.dimensions.dropFirst()), storage: storage, offset: offset + range.lowerBound * stride)
  }
}
