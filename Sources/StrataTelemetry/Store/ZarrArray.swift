import StrataTensor

/// An array of a store whose metadata have been checked: every size is positive, in bounds and computable.
struct ZarrArray: Sendable {
  enum ElementType: Equatable, Sendable {
    case float32, float64
    /// UTF-8 of any length, each after its length.
    case text
    /// UTF-32, padded with zeros to so many characters.
    case text32(Int)

    var byteCount: Int? {
      switch self {
      case .float32: 4
      case .float64: 8
      case .text: nil
      case .text32(let characters): 4 * characters
      }
    }
  }

  /// The folder of the array.
  let path: [String]
  private(set) var shape: [Int]
  let chunkShape: [Int]
  let type: ElementType
  let isBigEndian: Bool
  /// The codecs after the one that makes bytes of the elements.
  let codecs: [ZarrCodec]
  /// What the elements of an absent chunk are worth, if they are numbers.
  let fill: Float
  /// How the name of a chunk begins and is divided.
  private let keyPrefix: String?
  private let separator: String

  /// The size of a decoded chunk; chunks at the edge are as large as the others.
  let chunkBound: ByteBound

  /// Checks what a document says.
  ///
  /// - Parameters:
  ///   - dimensions: The names of the axes, which the document may leave out but not contradict.
  init(
    _ document: ZarrArrayDocument<some Codable>, path: [String], dimensions: [String], isText: Bool,
    limits: RunStoreLimits, place: String
  ) throws(RunStoreError) {
    func refuse(_ problem: String, remedy: String = Remedy.rewrite) -> RunStoreError {
      RunStoreError(problem, at: place, remedy: remedy)
    }
    self.path = path
    (shape, chunkShape) = (document.shape, document.chunkGrid.configuration.chunkShape ?? [])
    guard shape.count == dimensions.count else {
      throw refuse("has \(shape.count) dimensions, expected \(dimensions.joined(separator: ", "))")
    }
    guard shape.allSatisfy({ $0 >= 0 }) else { throw refuse("shape \(shape) has a negative extent") }
    if let names = document.dimensionNames {
      // A name that is null says no more than no name.
      guard names.count == dimensions.count, zip(names, dimensions).allSatisfy({ $0 == nil || $0 == $1 }) else {
        let found = names.prefix(8).map { $0.map { shown($0) } ?? "null" }.joined(separator: ", ")
        throw refuse("'dimension_names' are \(found), expected \(dimensions.joined(separator: ", "))")
      }
    }
    guard document.chunkGrid.name == "regular" else {
      throw refuse("chunk grid \(shown(document.chunkGrid.name)) is not supported", remedy: Remedy.recode)
    }
    guard chunkShape.count == shape.count, chunkShape.allSatisfy({ $0 > 0 }) else {
      throw refuse("chunk shape \(chunkShape.prefix(8)) does not divide shape \(shape)")
    }
    guard shape.product != nil else { throw refuse("shape \(shape) has more elements than can be counted") }
    type = try Self.elementType(document.dataType.type, isText: isText, place: place)
    (isBigEndian, codecs) = try Self.codecs(document.codecs, of: type, place: place)
    fill = try Self.fill(document.fillValue, of: type, place: place)
    guard let count = chunkShape.product, let bytes = [count, type.byteCount ?? 4].product,
      bytes <= limits.chunkBytes
    else {
      throw refuse(
        "chunks of shape \(chunkShape) take more than the limit of \(limits.chunkBytes) bytes", remedy: Remedy.recode)
    }
    chunkBound =
      type == .text
      ? ByteBound(limit: limits.metadataBytes, isExact: false) : ByteBound(limit: bytes, isExact: true)
    let keys = document.chunkKeyEncoding
    guard keys.name == "default" || keys.name == "v2",
      ["/", ".", nil].contains(keys.configuration.separator)
    else { throw refuse("chunk key encoding \(shown(keys.name)) is not supported", remedy: Remedy.recode) }
    keyPrefix = keys.name == "default" ? "c" : nil
    separator = keys.configuration.separator ?? (keyPrefix == nil ? "." : "/")
  }

  /// Leaves out what the array has from a position of the first axis on.
  mutating func dropSamples(from end: Int) { shape[0] = Swift.min(shape[0], end) }

  /// The path of the chunk at `index` of the chunk grid.
  func chunkPath(_ index: [Int]) -> [String] {
    let parts = (keyPrefix.map { [$0] } ?? []) + index.map(String.init)
    return path + (separator == "/" ? parts : [parts.joined(separator: separator)])
  }

  private static func elementType(
    _ name: ZarrExtension, isText: Bool, place: String
  ) throws(RunStoreError) -> ElementType {
    switch name.name {
    case "float32" where !isText: return .float32
    case "float64" where !isText: return .float64
    case "string" where isText: return .text
    case "fixed_length_utf32" where isText:
      if let bytes = name.configuration.byteCount, bytes > 0, bytes % 4 == 0 { return .text32(bytes / 4) }
    default: break
    }
    throw RunStoreError(
      "data type \(shown(name.name)) is not supported, expected "
        + (isText ? "string or fixed_length_utf32" : "float32 or float64"), at: place, remedy: Remedy.rewrite)
  }

  private static func codecs(
    _ written: [ZarrExtension], of type: ElementType, place: String
  ) throws(RunStoreError) -> (isBigEndian: Bool, [ZarrCodec]) {
    let first = type == .text ? "vlen-utf8" : "bytes"
    guard let serializer = written.first, serializer.name == first else {
      throw RunStoreError(
        "codec \(shown(written.first?.name ?? "")) is not supported in the place of '\(first)'", at: place,
        remedy: Remedy.recode)
    }
    let endian = serializer.configuration.endian
    guard type == .text || endian == "little" || endian == "big" else {
      throw RunStoreError("codec 'bytes' names no byte order", at: place, remedy: Remedy.rewrite)
    }
    guard written.count <= 8 else {
      throw RunStoreError("has \(written.count) codecs, 8 are supported", at: place, remedy: Remedy.recode)
    }
    var codecs: [ZarrCodec] = []
    for codec in written.dropFirst() {
      guard let known = ZarrCodec(rawValue: codec.name) else {
        throw RunStoreError("codec \(shown(codec.name)) is not supported", at: place, remedy: Remedy.recode)
      }
      codecs.append(known)
    }
    return (endian == "big", codecs)
  }

  private static func fill(
    _ value: ZarrFillValue, of type: ElementType, place: String
  ) throws(RunStoreError) -> Float {
    switch (value, type) {
    case (_, .text), (_, .text32): return .nan
    case (.number(let number), _): return Float(number)
    case (.text("NaN"), _): return .nan
    case (.text("Infinity"), _): return .infinity
    case (.text("-Infinity"), _): return -.infinity
    case (.text(let text), .float32) where text.hasPrefix("0x"):
      if let bits = UInt32(text.dropFirst(2), radix: 16) { return Float(bitPattern: bits) }
    case (.text(let text), .float64) where text.hasPrefix("0x"):
      if let bits = UInt64(text.dropFirst(2), radix: 16) { return Float(Double(bitPattern: bits)) }
    default: break
    }
    throw RunStoreError("'fill_value' is not a number", at: place, remedy: Remedy.rewrite)
  }
}
