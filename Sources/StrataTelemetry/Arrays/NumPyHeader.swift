import StrataTensor

/// What a `.npy` file says about its array.
struct NumPyHeader: Equatable {
  var type: NumPyElementType
  var isFortranOrder: Bool
  var shape: [Int]

  /// Why a header could not be understood.
  struct Failure: Error { let problem: String }

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// Longer than any header of a plain array; NumPy itself refuses at 10 000.
  private static let lengthLimit = 1 << 16

  /// Reads the header at the front of `bytes`.
  ///
  /// - Returns: The header and the place of the first element.
  static func parse(_ bytes: UnsafeRawBufferPointer) throws(Failure) -> (NumPyHeader, dataStart: Int) {
    guard bytes.count >= 10, bytes.prefix(6).elementsEqual(magic) else {
      throw Failure(problem: "is not a .npy file: it does not begin with \\x93NUMPY and a version")
    }
    let version = (bytes[6], bytes[7])
    let start: Int
    let length: Int
    switch version {
    case (1, 0):
      (start, length) = (10, Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt16.self))))
    case (2, 0), (3, 0):
      guard bytes.count >= 12 else { throw Failure(problem: "ends inside the header") }
      (start, length) = (12, Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self))))
    default: throw Failure(problem: "has version \(version.0).\(version.1), 1.0, 2.0 and 3.0 are supported")
    }
    guard length <= lengthLimit else {
      throw Failure(problem: "has a header of \(length) bytes, \(lengthLimit) are allowed")
    }
    guard length <= bytes.count - start else { throw Failure(problem: "ends inside the header") }
    var scanner = PythonLiteral(UnsafeRawBufferPointer(rebasing: bytes[start..<start + length]))
    return (try scanner.header(), start + length)
  }

  /// The bytes before the elements of an array of single precision: version 1.0, padded to a multiple of 64.
  static func encode(shape: [Int]) -> [UInt8] {
    let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(extents)), }"
    text += String(repeating: " ", count: 63 - (10 + text.utf8.count) % 64) + "\n"
    return magic + [1, 0, UInt8(text.utf8.count & 0xFF), UInt8(text.utf8.count >> 8)] + Array(text.utf8)
  }
}

/// The part of Python's syntax in which a `.npy` file describes its array.
private struct PythonLiteral {
  private let bytes: UnsafeRawBufferPointer
  private var place = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// A dictionary with exactly the keys `descr`, `fortran_order` and `shape`.
  mutating func header() throws(NumPyHeader.Failure) -> NumPyHeader {
    var type: NumPyElementType?
    var isFortranOrder: Bool?
    var shape: [Int]?
    try expect("{")
    while !take("}") {
      let key = try string()
      try expect(":")
      switch key {
      case "descr" where type == nil: type = try elementType()
      case "fortran_order" where isFortranOrder == nil: isFortranOrder = try boolean()
      case "shape" where shape == nil: shape = try tuple()
      default: throw failure("key \(shown(key)) is not expected")
      }
      if !take(",") {
        try expect("}")
        break
      }
    }
    skipSpace()
    guard place == bytes.count else { throw failure("text follows the dictionary") }
    guard let type, let isFortranOrder, let shape else {
      throw failure("one of 'descr', 'fortran_order' and 'shape' is missing")
    }
    return NumPyHeader(type: type, isFortranOrder: isFortranOrder, shape: shape)
  }

  private func failure(_ problem: String) -> NumPyHeader.Failure {
    NumPyHeader.Failure(problem: "header byte \(place): \(problem)")
  }

  private mutating func skipSpace() {
    while place < bytes.count, bytes[place] == 0x20 || (0x09...0x0D).contains(bytes[place]) { place += 1 }
  }

  /// Consumes `text` if it comes next.
  private mutating func take(_ text: StaticString) -> Bool {
    skipSpace()
    let count = text.utf8CodeUnitCount
    guard bytes.count - place >= count else { return false }
    for i in 0..<count where bytes[place + i] != text.utf8Start[i] { return false }
    place += count
    return true
  }

  private mutating func expect(_ text: StaticString) throws(NumPyHeader.Failure) {
    guard take(text) else { throw failure("expected '\(text)'") }
  }

  private mutating func string() throws(NumPyHeader.Failure) -> String {
    let quote: UInt8 = take("'") ? UInt8(ascii: "'") : UInt8(ascii: "\"")
    if quote == UInt8(ascii: "\"") { try expect("\"") }
    let start = place
    while place < bytes.count, bytes[place] != quote {
      guard bytes[place] != UInt8(ascii: "\\") else { throw failure("an escape is not expected") }
      place += 1
    }
    guard place < bytes.count else { throw failure("the string has no end") }
    defer { place += 1 }
    return String(decoding: bytes[start..<place], as: UTF8.self)
  }

  private mutating func elementType() throws(NumPyHeader.Failure) -> NumPyElementType {
    skipSpace()
    if place < bytes.count, bytes[place] == UInt8(ascii: "[") || bytes[place] == UInt8(ascii: "(") {
      throw failure("records are not supported, expected one number per element")
    }
    let text = try string()
    guard let type = NumPyElementType(text) else {
      throw failure("element type \(shown(text)) is not supported, expected b1, i1 to i8, u1 to u8, f4 or f8")
    }
    return type
  }

  private mutating func boolean() throws(NumPyHeader.Failure) -> Bool {
    if take("True") { return true }
    guard take("False") else { throw failure("expected True or False") }
    return false
  }

  private mutating func tuple() throws(NumPyHeader.Failure) -> [Int] {
    try expect("(")
    var values: [Int] = []
    while !take(")") {
      guard values.count < 32 else { throw failure("more than 32 dimensions") }
      values.append(try integer())
      if !take(",") {
        try expect(")")
        break
      }
    }
    return values
  }

  private mutating func integer() throws(NumPyHeader.Failure) -> Int {
    skipSpace()
    let start = place
    while place < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[place]) { place += 1 }
    guard place > start, let value = Int(String(decoding: bytes[start..<place], as: UTF8.self)) else {
      throw failure("expected an extent below 2^63")
    }
    // Python 2 wrote long integers so.
    _ = take("L")
    return value
  }
}
