/// A named extension point of Zarr v3: a data type, a codec, a chunk grid, a key encoding.
///
/// The specification lets it be written as a name alone when nothing is configured.
struct ZarrExtension: Codable, Equatable {
  /// What any of the extensions read or written here can be told.
  struct Configuration: Codable, Equatable {
    var endian: String?
    var level: Int?
    var checksum: Bool?
    var separator: String?
    var chunkShape: [Int]?
    var byteCount: Int?

    enum CodingKeys: String, CodingKey {
      case endian, level, checksum, separator
      case chunkShape = "chunk_shape"
      case byteCount = "length_bytes"
    }
  }

  var name: String
  var configuration = Configuration()

  private enum CodingKeys: String, CodingKey { case name, configuration }

  init(_ name: String, _ configuration: Configuration = Configuration()) {
    (self.name, self.configuration) = (name, configuration)
  }

  init(from decoder: any Decoder) throws {
    if let name = try? decoder.singleValueContainer().decode(String.self) {
      self.init(name)
      return
    }
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try container.decode(String.self, forKey: .name),
      try container.decodeIfPresent(Configuration.self, forKey: .configuration) ?? Configuration())
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    if configuration != Configuration() { try container.encode(configuration, forKey: .configuration) }
  }
}

/// The data type of an array: an extension that is written as its name alone when nothing is configured.
struct ZarrDataType: Codable, Equatable {
  var type: ZarrExtension

  init(type: ZarrExtension) { self.type = type }

  init(from decoder: any Decoder) throws { type = try ZarrExtension(from: decoder) }

  func encode(to encoder: any Encoder) throws {
    guard type.configuration == ZarrExtension.Configuration() else { return try type.encode(to: encoder) }
    var container = encoder.singleValueContainer()
    try container.encode(type.name)
  }
}

/// What an element of an absent chunk is worth, as it is written.
enum ZarrFillValue: Codable, Equatable {
  case number(Double)
  /// `NaN`, `Infinity`, the bits in hexadecimal, or the text of a string array.
  case text(String)

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else {
      self = .text(try container.decode(String.self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .number(let number): try container.encode(number)
    case .text(let text): try container.encode(text)
    }
  }
}
