/// The header of a safetensors file, checked: what each tensor is and where its bytes lie.
struct SafetensorsHeader: Sendable, Equatable {
  struct Entry: Sendable, Equatable {
    let name: String
    let type: String
    let shape: [Int]
    /// The place of the bytes after the header.
    let range: Range<Int>
  }

  /// The largest header that the format's own library reads.
  static let byteLimit = 100_000_000
  static let metadataName = "__metadata__"

  private(set) var entries: [Entry] = []
  /// The place of every tensor in `entries`, by its name.
  private var places: [String: Int] = [:]
  private(set) var metadata: [String: String] = [:]

  /// The bits of an element, per type of the format.
  static let bits = [
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16,
    "I32": 32, "U32": 32, "F32": 32, "F64": 64, "I64": 64, "U64": 64, "C64": 64,
  ]

  /// Reads and checks a header: no name twice, sizes that follow from type and shape, and ranges that fill the
  /// `byteCount` bytes after it without holes or overlaps.
  init(parsing bytes: [UInt8], byteCount: Int, file: String) throws(SafetensorsError) {
    var scanner = JSONScanner(bytes, file: file)
    guard bytes.first == UInt8(ascii: "{") else {
      throw SafetensorsError("the header does not begin with '{'", in: file)
    }
    var names: Set<String> = []
    try scanner.forEachMember { (scanner, name) throws(SafetensorsError) in
      guard names.insert(name).inserted else { throw SafetensorsError("the name occurs twice", in: file, tensor: name) }
      if name == Self.metadataName {
        // Null says no more than no metadata.
        if scanner.takeNull() { return }
        try scanner.forEachMember { (scanner, key) throws(SafetensorsError) in
          guard scanner.isAtString else {
            throw SafetensorsError("metadata key \(shown(key)) is not a text", in: file)
          }
          guard metadata.updateValue(try scanner.string(), forKey: key) == nil else {
            throw SafetensorsError("metadata key \(shown(key)) occurs twice", in: file)
          }
        }
      } else {
        entries.append(try Self.entry(name, &scanner, file))
      }
    }
    try scanner.expectEnd()
    entries.sort { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
    var end = 0
    for entry in entries {
      guard entry.range.lowerBound == end else {
        throw SafetensorsError(
          "its bytes begin at \(entry.range.lowerBound), expected \(end)", in: file, tensor: entry.name)
      }
      end = entry.range.upperBound
    }
    places = Dictionary(uniqueKeysWithValues: entries.indices.map { (entries[$0].name, $0) })
    guard end == byteCount else {
      throw SafetensorsError("the tensors take \(end) bytes, the file holds \(byteCount) after its header", in: file)
    }
  }

  /// The tensor of that name, if there is one.
  ///
  /// - Complexity: O(1).
  func entry(named name: String) -> Entry? { places[name].map { entries[$0] } }

  private static func entry(_ name: String, _ scanner: inout JSONScanner, _ file: String) throws(SafetensorsError)
    -> Entry
  {
    var type: String?, shape: [Int]?, offsets: [Int]?
    try scanner.forEachMember { (scanner, key) throws(SafetensorsError) in
      let isNew: Bool
      switch key {
      case "dtype": (isNew, type) = (type == nil, try scanner.string())
      case "shape": (isNew, shape) = (shape == nil, try scanner.integers())
      case "data_offsets": (isNew, offsets) = (offsets == nil, try scanner.integers())
      default: throw SafetensorsError("unknown key \(shown(key))", in: file, tensor: name)
      }
      guard isNew else { throw SafetensorsError("key \(shown(key)) occurs twice", in: file, tensor: name) }
    }
    guard let type, let shape, let offsets else {
      throw SafetensorsError("one of 'dtype', 'shape' and 'data_offsets' is missing", in: file, tensor: name)
    }
    guard let bits = bits[type] else { throw SafetensorsError("unknown type \(shown(type))", in: file, tensor: name) }
    guard offsets.count == 2, offsets[0] <= offsets[1] else {
      throw SafetensorsError("'data_offsets' is not a begin and an end", in: file, tensor: name)
    }
    guard let size = (shape + [bits / 8]).product else {
      throw SafetensorsError("shape \(shape) is too large", in: file, tensor: name)
    }
    guard size == offsets[1] - offsets[0] else {
      throw SafetensorsError(
        "\(type) of shape \(shape) takes \(size) bytes, the offsets span \(offsets[1] - offsets[0])", in: file,
        tensor: name)
    }
    return Entry(name: name, type: type, shape: shape, range: offsets[0]..<offsets[1])
  }
}
