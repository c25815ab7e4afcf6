/// The number that each element of a `.npy` file is.
struct NumPyElementType: Equatable {
  enum Kind: Equatable {
    case bool, int8, int16, int32, int64, uint8, uint16, uint32, uint64, float32, float64
  }

  let kind: Kind
  let isBigEndian: Bool

  /// Reads NumPy's description, such as `<f4`; nil for anything but a plain number.
  init?(_ description: String) {
    guard let order = description.first, "<>|=".contains(order) else { return nil }
    switch description.dropFirst() {
    case "b1": kind = .bool
    case "i1": kind = .int8
    case "i2": kind = .int16
    case "i4": kind = .int32
    case "i8": kind = .int64
    case "u1": kind = .uint8
    case "u2": kind = .uint16
    case "u4": kind = .uint32
    case "u8": kind = .uint64
    case "f4": kind = .float32
    case "f8": kind = .float64
    default: return nil
    }
    isBigEndian = order == ">"
  }

  var byteCount: Int {
    switch kind {
    case .bool, .int8, .uint8: 1
    case .int16, .uint16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    }
  }

  /// Writes every element to `out`.
  func convert(_ bytes: UnsafeRawBufferPointer, into out: UnsafeMutableBufferPointer<Float>) {
    func each<Bits: FixedWidthInteger>(_ type: Bits.Type, _ value: (Bits) -> Float) {
      let width = MemoryLayout<Bits>.size
      for place in out.indices {
        let raw = bytes.loadUnaligned(fromByteOffset: place * width, as: Bits.self)
        out[place] = value(isBigEndian ? Bits(bigEndian: raw) : Bits(littleEndian: raw))
      }
    }
    switch kind {
    case .bool: each(UInt8.self) { $0 == 0 ? 0 : 1 }
    case .int8: each(Int8.self) { Float($0) }
    case .int16: each(Int16.self) { Float($0) }
    case .int32: each(Int32.self) { Float($0) }
    case .int64: each(Int64.self) { Float($0) }
    case .uint8: each(UInt8.self) { Float($0) }
    case .uint16: each(UInt16.self) { Float($0) }
    case .uint32: each(UInt32.self) { Float($0) }
    case .uint64: each(UInt64.self) { Float($0) }
    case .float32: each(UInt32.self) { Float(bitPattern: $0) }
    case .float64: each(UInt64.self) { Float(Double(bitPattern: $0)) }
    }
  }
}
