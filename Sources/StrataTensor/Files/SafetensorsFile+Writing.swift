extension SafetensorsFile {
  /// Writes arrays in single precision, in the given order; the file is written aside and renamed into place.
  ///
  /// - Throws: When a name occurs twice or is reserved, or the file cannot be written.
  public static func write(
    _ arrays: [(String, NDArray)], metadata: [String: String] = [:], to path: String
  ) throws(SafetensorsError) {
    let header = try headerText(arrays, metadata, path)
    do {
      try writeAtomically(to: path) { append in
        try withUnsafeBytes(of: UInt64(header.count).littleEndian) { try append($0) }
        try header.withUnsafeBytes { try append($0) }
        for (_, array) in arrays {
          try array.withElements { (elements) throws in
            if UInt32(1).littleEndian == 1 { return try append(UnsafeRawBufferPointer(elements)) }
            try elements.map { $0.bitPattern.littleEndian }.withUnsafeBytes { try append($0) }
          }
        }
      }
    } catch let error as FileError {
      throw SafetensorsError(error.problem, in: path)
    } catch {
      throw SafetensorsError("\(error)", in: path)
    }
  }

  /// The header, padded with spaces so that the data begin at a multiple of eight; keys of the metadata are sorted.
  private static func headerText(
    _ arrays: [(String, NDArray)], _ metadata: [String: String], _ path: String
  ) throws(SafetensorsError) -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quotedAsJSON($0.key)):\(quotedAsJSON($0.value))" }
      members.append("\"\(SafetensorsHeader.metadataName)\":{\(pairs.joined(separator: ","))}")
    }
    var names: Set<String> = [SafetensorsHeader.metadataName]
    var offset = 0
    for (name, array) in arrays {
      guard names.insert(name).inserted else {
        throw SafetensorsError(
          name == SafetensorsHeader.metadataName ? "the name is reserved" : "the name occurs twice", in: path,
          tensor: name)
      }
      let end = offset + array.count * 4
      let shape = array.shape.dimensions.map(String.init).joined(separator: ",")
      members.append(
        "\(quotedAsJSON(name)):{\"dtype\":\"F32\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var text = Array("{\(members.joined(separator: ","))}".utf8)
    guard text.count <= SafetensorsHeader.byteLimit - 8 else {
      throw SafetensorsError("the header takes \(text.count) bytes, more than the format allows", in: path)
    }
    text += [UInt8](repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
    return text
  }
}
