/// The key under which a choice between configurations stands, beside the keys of the chosen one.
private enum KindKey: String, CodingKey { case kind }

extension RawRepresentable<String> where Self: Codable {
  /// Reads the `kind` of a mapping.
  init(flattenedIn decoder: any Decoder) throws {
    self = try decoder.container(keyedBy: KindKey.self).decode(Self.self, forKey: .kind)
  }

  /// Writes `kind` and the keys of `payload` into one mapping.
  func encode(with payload: some Encodable, to encoder: any Encoder) throws {
    try payload.encode(to: encoder)
    try encodeKind(to: encoder)
  }

  /// Writes `kind` alone.
  func encodeKind(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: KindKey.self)
    try container.encode(rawValue, forKey: .kind)
  }
}
