/// The key under which a choice between configurations stands, beside the keys of the chosen one.
private enum KindKey: String, CodingKey { case kind }

/// Writes `kind` and the keys of `payload` into one mapping.
func encodeKind(_ kind: String, with payload: (any Encodable)? = nil, to encoder: any Encoder) throws {
  try payload?.encode(to: encoder)
  var container = encoder.container(keyedBy: KindKey.self)
  try container.encode(kind, forKey: .kind)
}

extension Equatable {
  /// Whether another value is of the same type and equal.
  func isEqual(to other: any Equatable) -> Bool { (other as? Self).map { self == $0 } ?? false }
}
