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
    guard let byteCount = (header.shape + [header.type.byteCount]).product else {
      throw NumPyHeader.Failure(problem: "shape \(header.shape) has more elements than can be counted")
    }
    guard byteCount == available else {
      throw NumPyHeader.Failure(
        problem: "\(available) bytes follow the header, shape \(header.shape) takes \(byteCount)")
    }
    let data = UnsafeRawBufferPointer(rebasing: bytes[start...])
    func array(_ extents: [Int]) -> NDArray { NDArray(Shape(extents)) { header.type.convert(data, into: $0) } }
    guard header.isFortranOrder else { return array(header.shape) }
    return array(header.shape.reversed()).transposed(header.shape.indices.reversed())
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
