public import StrataTensor

extension NumPyArchive {
  /// Writes arrays to a `.npz` file, in the given order and without compression; equal arrays give equal bytes.
  ///
  /// The file is written aside and renamed into place.
  ///
  /// - Throws: When the archive would take 4 GiB or more, or cannot be written.
  /// - Precondition: No name appears twice or takes 60 000 bytes.
  public static func write(_ arrays: [(String, NDArray)], to path: String) throws(TelemetryFileError) {
    require(Set(arrays.map(\.0)).count == arrays.count, "NumPyArchive.write: a name appears twice")
    require(arrays.allSatisfy { $0.0.utf8.count < 60_000 }, "NumPyArchive.write: a name takes 60 000 bytes or more")
    let headers = arrays.map { NumPyHeader.encode(shape: $0.1.shape.dimensions) }
    let total = zip(headers, arrays).reduce(0) { $0 + $1.0.count + 4 * $1.1.1.count + 2 * $1.1.0.utf8.count + 128 }
    guard total < 1 << 32, arrays.count < 1 << 16 else {
      throw TelemetryFileError("would take \(total) bytes, less than 4 GiB are supported", source: path)
    }
    try NumPyArray.writing(to: path) { append in
      var directory: [UInt8] = []
      var offset = 0
      for ((name, array), header) in zip(arrays, headers) {
        var checksum = header.withUnsafeBytes { Self.checksum($0, after: 0) }
        NumPyArray.appendElements(of: array) { checksum = Self.checksum($0, after: checksum) }
        let fields = Self.fields(name: "\(name).npy", size: header.count + 4 * array.count, checksum: checksum)
        let local = Self.bytes(0x0403_4B50 as UInt32) + fields + Array("\(name).npy".utf8)
        try local.withUnsafeBytes { try append($0) }
        try header.withUnsafeBytes { try append($0) }
        try NumPyArray.appendElements(of: array, append)
        // Made by version 2.0; no comment, first disk, binary, no attributes.
        directory += Self.bytes(0x0201_4B50 as UInt32) + Self.bytes(20 as UInt16) + fields
        directory += [UInt8](repeating: 0, count: 10) + Self.bytes(UInt32(offset)) + Array("\(name).npy".utf8)
        offset += local.count + header.count + 4 * array.count
      }
      let count = Self.bytes(UInt16(arrays.count))
      directory +=
        Self.bytes(0x0605_4B50 as UInt32) + [0, 0, 0, 0] + count + count + Self.bytes(UInt32(directory.count))
        + Self.bytes(UInt32(offset)) + [0, 0]
      try directory.withUnsafeBytes { try append($0) }
    }
  }

  /// What the header of a member and its entry in the directory share: stored, UTF-8 name, the first of January 1980.
  private static func fields(name: String, size: Int, checksum: UInt32) -> [UInt8] {
    bytes(20 as UInt16) + bytes(0x0800 as UInt16) + bytes(0 as UInt16) + bytes(0 as UInt16) + bytes(0x21 as UInt16)
      + bytes(checksum) + bytes(UInt32(size)) + bytes(UInt32(size)) + bytes(UInt16(name.utf8.count))
      + bytes(0 as UInt16)
  }

  private static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}
