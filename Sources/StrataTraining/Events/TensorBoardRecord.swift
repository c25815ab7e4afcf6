import StrataTensor

/// The framing of TensorFlow's record files: length, checksum of the length, data, checksum of the data.
enum TensorBoardRecord {
  static func framed(_ data: [UInt8]) -> [UInt8] {
    let length = UInt64(data.count).littleEndianBytes
    return length + maskedChecksum(length).littleEndianBytes + data + maskedChecksum(data).littleEndianBytes
  }

  /// CRC-32C, rotated and shifted so that the checksum of data that contains checksums is not degenerate.
  static func maskedChecksum(_ bytes: [UInt8]) -> UInt32 {
    let sum = bytes.withUnsafeBytes { crc32c($0) }
    return (sum >> 15 | sum << 17) &+ 0xA282_EAD8
  }
}

extension FixedWidthInteger {
  var littleEndianBytes: [UInt8] { withUnsafeBytes(of: littleEndian) { Array($0) } }
}

/// A message in the wire format of protocol buffers, as far as event files need it.
struct ProtocolBuffer {
  private(set) var bytes: [UInt8] = []

  mutating func add(_ field: Int, _ value: Double) {
    addKey(field, wireType: 1)
    bytes += value.bitPattern.littleEndianBytes
  }

  mutating func add(_ field: Int, _ value: Float) {
    addKey(field, wireType: 5)
    bytes += value.bitPattern.littleEndianBytes
  }

  mutating func add(_ field: Int, _ value: Int) {
    addKey(field, wireType: 0)
    addVarint(UInt64(bitPattern: Int64(value)))
  }

  mutating func add(_ field: Int, _ text: String) { add(field, Array(text.utf8)) }
  mutating func add(_ field: Int, _ message: ProtocolBuffer) { add(field, message.bytes) }

  private mutating func add(_ field: Int, _ data: [UInt8]) {
    addKey(field, wireType: 2)
    addVarint(UInt64(data.count))
    bytes += data
  }

  private mutating func addKey(_ field: Int, wireType: Int) { addVarint(UInt64(field << 3 | wireType)) }

  private mutating func addVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
