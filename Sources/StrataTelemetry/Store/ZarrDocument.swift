/// The `zarr.json` of a group, as it is written.
///
/// Reference: Zarr core specification, version 3.0.
struct ZarrGroupDocument<Attributes: Codable>: Codable {
  var format = 3
  var nodeType = "group"
  var attributes: Attributes

  enum CodingKeys: String, CodingKey, CaseIterable {
    case attributes
    case format = "zarr_format"
    case nodeType = "node_type"
  }

  init(_ attributes: Attributes) { self.attributes = attributes }

  init(from decoder: any Decoder) throws {
    try decoder.refuseUnknownKeys(besides: CodingKeys.allCases.map(\.rawValue))
    let container = try decoder.container(keyedBy: CodingKeys.self)
    format = try container.decode(Int.self, forKey: .format)
    nodeType = try container.decode(String.self, forKey: .nodeType)
    try container.refuse(.format, unless: format == 3)
    try container.refuse(.nodeType, unless: nodeType == "group")
    attributes = try container.attributes(forKey: .attributes)
  }
}

/// The `zarr.json` of an array, as it is written.
struct ZarrArrayDocument<Attributes: Codable>: Codable {
  var format = 3
  var nodeType = "array"
  var shape: [Int]
  var dataType: ZarrDataType
  var chunkGrid: ZarrExtension
  var chunkKeyEncoding: ZarrExtension
  var fillValue: ZarrFillValue
  var codecs: [ZarrExtension]
  var attributes: Attributes
  var dimensionNames: [String?]?
  var storageTransformers: [ZarrExtension]? = []

  enum CodingKeys: String, CodingKey, CaseIterable {
    case shape, codecs, attributes
    case format = "zarr_format"
    case nodeType = "node_type"
    case dataType = "data_type"
    case chunkGrid = "chunk_grid"
    case chunkKeyEncoding = "chunk_key_encoding"
    case fillValue = "fill_value"
    case dimensionNames = "dimension_names"
    case storageTransformers = "storage_transformers"
  }

  init(
    shape: [Int], chunkShape: [Int], dataType: String, fillValue: ZarrFillValue, codecs: [ZarrExtension],
    attributes: Attributes, dimensionNames: [String]
  ) {
    (self.shape, self.fillValue, self.codecs, self.attributes) = (shape, fillValue, codecs, attributes)
    self.dataType = ZarrDataType(type: ZarrExtension(dataType))
    chunkGrid = ZarrExtension("regular", .init(chunkShape: chunkShape))
    chunkKeyEncoding = ZarrExtension("default", .init(separator: "."))
    self.dimensionNames = dimensionNames
  }

  init(from decoder: any Decoder) throws {
    try decoder.refuseUnknownKeys(besides: CodingKeys.allCases.map(\.rawValue))
    let container = try decoder.container(keyedBy: CodingKeys.self)
    format = try container.decode(Int.self, forKey: .format)
    nodeType = try container.decode(String.self, forKey: .nodeType)
    try container.refuse(.format, unless: format == 3)
    try container.refuse(.nodeType, unless: nodeType == "array")
    shape = try container.decode([Int].self, forKey: .shape)
    dataType = try container.decode(ZarrDataType.self, forKey: .dataType)
    chunkGrid = try container.decode(ZarrExtension.self, forKey: .chunkGrid)
    chunkKeyEncoding = try container.decode(ZarrExtension.self, forKey: .chunkKeyEncoding)
    fillValue = try container.decode(ZarrFillValue.self, forKey: .fillValue)
    codecs = try container.decode([ZarrExtension].self, forKey: .codecs)
    attributes = try container.attributes(forKey: .attributes)
    dimensionNames = try container.decodeIfPresent([String?].self, forKey: .dimensionNames)
    storageTransformers = try container.decodeIfPresent([ZarrExtension].self, forKey: .storageTransformers)
    try container.refuse(.storageTransformers, unless: storageTransformers?.isEmpty ?? true)
  }
}

/// No attributes that matter here; any are accepted.
struct ZarrNoAttributes: Codable {}

private struct AnyKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }
  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

/// What every extension says that a reader may not know.
private struct ForeignExtension: Decodable {
  let mustUnderstand: Bool
  enum CodingKeys: String, CodingKey { case mustUnderstand = "must_understand" }
}

extension Decoder {
  /// Refuses a key that a reader of this version would have to understand; one that is null asks for nothing.
  fileprivate func refuseUnknownKeys(besides known: [String]) throws {
    let container = try container(keyedBy: AnyKey.self)
    for key in container.allKeys where !known.contains(key.stringValue) {
      if try container.decodeNil(forKey: key) { continue }
      if let value = try? container.decode(ForeignExtension.self, forKey: key), !value.mustUnderstand { continue }
      throw DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: "unknown key")
    }
  }
}

extension KeyedDecodingContainer {
  /// The attributes, which may be left out where none are expected.
  fileprivate func attributes<Attributes: Codable>(forKey key: Key) throws -> Attributes {
    if !contains(key), let none = ZarrNoAttributes() as? Attributes { return none }
    return try decode(Attributes.self, forKey: key)
  }

  fileprivate func refuse(_ key: Key, unless condition: Bool) throws {
    if !condition { throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: "not supported") }
  }
}
