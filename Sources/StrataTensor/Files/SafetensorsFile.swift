/// A safetensors file: named arrays behind a JSON header. Opening reads the header only.
///
/// Strict in both directions: a file with a hole, an overlap, a duplicate name or a length that does not fit is refused,
/// and memory use is bounded by the file's own size.
///
/// Reference: the format's description in Hugging Face's `safetensors` repository.
public struct SafetensorsFile: Sendable {
  private let file: BinaryFile
  private let header: SafetensorsHeader
  private let dataStart: Int

  /// Opens a file and checks its header.
  public init(contentsOf path: String) throws(SafetensorsError) {
    try self.init(Self.translating(path) { () throws(FileError) in try BinaryFile(path) })
  }

  /// Checks the header of a file in memory; errors call it `source`.
  public init(parsing bytes: [UInt8], source: String) throws(SafetensorsError) {
    try self.init(BinaryFile(bytes, source: source))
  }

  private init(_ file: BinaryFile) throws(SafetensorsError) {
    self.file = file
    let path = file.path
    guard file.byteCount >= 8 else { throw SafetensorsError("the file is too short for a header", in: path) }
    let prefix = try Self.translating(path) { () throws(FileError) in try file.read(0..<8) }
    let length = prefix.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(min(file.byteCount - 8, SafetensorsHeader.byteLimit)) else {
      throw SafetensorsError(
        "the header's length, \(length) bytes, is beyond the file's \(file.byteCount) or the limit of "
          + "\(SafetensorsHeader.byteLimit)", in: path)
    }
    dataStart = 8 + Int(length)
    let start = dataStart
    let text = try Self.translating(path) { () throws(FileError) in try file.read(8..<start) }
    header = try SafetensorsHeader(parsing: text, byteCount: file.byteCount - dataStart, file: path)
  }

  /// Where the file is, or what errors call it.
  public var path: String { file.path }

  /// The names of the arrays, in the order of their bytes.
  public var names: [String] { header.entries.map(\.name) }

  /// The strings that the writer attached.
  public var metadata: [String: String] { header.metadata }

  /// The shape of an array, or `nil` when there is none of that name.
  public func shape(of name: String) -> Shape? {
    header.entry(named: name).map { Shape($0.shape) }
  }

  /// Reads one array. F64, F16 and BF16 are converted to single precision, which is exact for the last two.
  ///
  /// - Throws: When there is no array of that name, its type is not a floating-point one, or the file cannot be read.
  public func array(named name: String) throws(SafetensorsError) -> NDArray {
    guard let entry = header.entry(named: name) else {
      throw SafetensorsError("no such tensor", in: file.path, tensor: name)
    }
    let start = dataStart + entry.range.lowerBound
    let path = file.path
    switch entry.type {
    case "F32":
      return try Self.translating(path, tensor: name) { () throws(FileError) in
        try NDArray(Shape(entry.shape)) { (out) throws(FileError) in
          try file.read(into: UnsafeMutableRawBufferPointer(out), at: start)
          for i in 0..<out.count { out[i] = Float(bitPattern: UInt32(littleEndian: out[i].bitPattern)) }
        }
      }
    case "F64": return try converted(entry, from: start) { Float(Double(bitPattern: UInt64(littleEndian: $0))) }
    case "F16": return try converted(entry, from: start) { float(half: UInt16(littleEndian: $0)) }
    case "BF16":
      return try converted(entry, from: start) { Float(bitPattern: UInt32(UInt16(littleEndian: $0)) << 16) }
    default: throw SafetensorsError("its type \(entry.type) is not a floating-point one", in: path, tensor: name)
    }
  }

  /// Reads elements of another type, some at a time.
  private func converted<Element: FixedWidthInteger>(
    _ entry: SafetensorsHeader.Entry, from start: Int, _ convert: (Element) -> Float
  ) throws(SafetensorsError) -> NDArray {
    let width = MemoryLayout<Element>.size
    return try Self.translating(file.path, tensor: entry.name) { () throws(FileError) in
      try NDArray(Shape(entry.shape)) { (out) throws(FileError) in
        for first in stride(from: 0, to: out.count, by: 1 << 16) {
          let count = min(1 << 16, out.count - first)
          let bytes = try file.read(start + first * width..<start + (first + count) * width)
          bytes.withUnsafeBytes { bytes in
            for i in 0..<count {
              out[first + i] = convert(bytes.loadUnaligned(fromByteOffset: i * width, as: Element.self))
            }
          }
        }
      }
    }
  }

  private static func translating<R>(
    _ path: String, tensor: String? = nil, _ body: () throws(FileError) -> R
  ) throws(SafetensorsError) -> R {
    do { return try body() } catch {
      throw SafetensorsError(error.problem, in: path, tensor: tensor)
    }
  }
}

/// The value of a number in IEEE half precision; exact.
func float(half bits: UInt16) -> Float {
  let sign: Float = bits >> 15 == 0 ? 1 : -1
  let exponent = Int(bits >> 10 & 31), fraction = UInt32(bits & 1023)
  switch exponent {
  case 0: return sign * Float(fraction) * 0x1p-24
  case 31: return Float(bitPattern: UInt32(bits >> 15) << 31 | 0x7F80_0000 | fraction << 13)
  default: return sign * Float(bitPattern: UInt32(exponent + 112) << 23 | fraction << 13)
  }
}
