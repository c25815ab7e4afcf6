public import StrataTensor

/// Arrays in NumPy's `.npy` format.
///
/// Versions 1.0 to 3.0 are read, in either byte order and either memory order, with booleans, integers of 1 to 8 bytes
/// and floats of 4 or 8. Whatever is not single precision is rounded to it, once. What is written is version 1.0,
/// `<f4`, in C order.
///
/// Reference: NumPy Enhancement Proposal 1, and the documentation of `numpy.lib.format`.
public enum NumPyArray {
  /// Reads a `.npy` file.
  ///
  /// - Complexity: Memory for the file and the array.
  public static func read(_ path: String) throws(TelemetryFileError) -> NDArray {
    try parse(contents(ofFile: path), source: path)
  }

  /// Reads the bytes of a `.npy` file; errors call it `source`.
  public static func parse(_ bytes: [UInt8], source: String) throws(TelemetryFileError) -> NDArray {
    let result: Result<NDArray, NumPyHeader.Failure> = bytes.withUnsafeBytes { bytes in
      Result { () throws(NumPyHeader.Failure) in try parse(bytes) }
    }
    do { return try result.get() } catch { throw TelemetryFileError(error.problem, source: source) }
  }

  private static func parse(_ bytes: UnsafeRawBufferPointer) throws(NumPyHeader.Failure) -> NDArray {
    let (header, start) = try NumPyHeader.parse(bytes)
    let available = bytes.count - start
    // The product with the type's width keeps the count in bounds as well; an empty axis makes it zero.
    guard header.shape.contains(0) || (header.shape + [header.type.byteCount]).product != nil else {
      throw NumPyHeader.Failure(problem: "shape \(header.shape) has more elements than can be counted")
    }
    let count = header.shape.contains(0) ? 0 : header.shape.reduce(1, *)
    guard count * header.type.byteCount == available else {
      throw NumPyHeader.Failure(
        problem: "\(available) bytes follow the header, shape \(header.shape) takes \(count * header.type.byteCount)")
    }
    let data = UnsafeRawBufferPointer(rebasing: bytes[start...])
    return NDArray(Shape(header.shape)) { out in
      if header.isFortranOrder && header.shape.count > 1 {
        header.type.convert(data, at: FortranPlaces(shape: header.shape, count: count), into: out)
      } else {
        header.type.convert(data, at: 0..<count, into: out)
      }
    }
  }

  /// Writes an array to a `.npy` file, aside and renamed into place.
  public static func write(_ array: NDArray, to path: String) throws(TelemetryFileError) {
    try writing(to: path) { append in
      try NumPyHeader.encode(shape: array.shape.dimensions).withUnsafeBytes { try append($0) }
      try appendElements(of: array, append)
    }
  }

  /// The bytes of a `.npy` file.
  public static func encode(_ array: NDArray) -> [UInt8] {
    var bytes = NumPyHeader.encode(shape: array.shape.dimensions)
    bytes.reserveCapacity(bytes.count + 4 * array.count)
    appendElements(of: array) { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// Hands out the elements as little-endian bytes, some at a time.
  static func appendElements(of array: NDArray, _ append: (UnsafeRawBufferPointer) throws -> Void) rethrows {
    try array.withElements { elements in
      for start in stride(from: 0, to: elements.count, by: 1 << 16) {
        let bits = elements[start..<min(start + 1 << 16, elements.count)].map { $0.bitPattern.littleEndian }
        try bits.withUnsafeBytes { try append($0) }
      }
    }
  }

  /// Writes a file aside and renames it, with errors of this module.
  static func writing(
    to path: String, _ write: (_ append: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws(TelemetryFileError) {
    do { try writeAtomically(to: path, write) } catch let error as FileError {
      throw TelemetryFileError(error.problem, source: path)
    } catch {
      throw TelemetryFileError("\(error)", source: path)
    }
  }
}

/// Where the elements of an array lie in Fortran's memory order, listed in C's.
private struct FortranPlaces: Sequence, IteratorProtocol {
  private let shape: [Int]
  private let strides: [Int]
  private var index: [Int]
  private var place = 0
  private var remaining: Int

  init(shape: [Int], count: Int) {
    self.shape = shape
    (index, remaining) = (shape.map { _ in 0 }, count)
    var stride = 1
    strides = shape.map { extent in
      defer { stride = stride.multipliedReportingOverflow(by: extent).partialValue }
      return stride
    }
  }

  mutating func next() -> Int? {
    guard remaining > 0 else { return nil }
    defer { advance() }
    return place
  }

  private mutating func advance() {
    remaining -= 1
    var axis = shape.count - 1
    while axis >= 0 {
      index[axis] += 1
      place += strides[axis]
      if index[axis] < shape[axis] { return }
      place -= strides[axis] * shape[axis]
      index[axis] = 0
      axis -= 1
    }
  }
}
