#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The first setting in which two configurations differ.
struct SettingDifference: Equatable {
  /// Its keys, joined by points.
  let key: String
  /// Its values as they are written; `not set` where one has none.
  let first: String, second: String

  /// Compares configurations written as JSON; `nil` when one is no JSON, or when they say the same.
  init?(between first: String, and second: String) {
    let decoder = JSONDecoder()
    guard let a = try? decoder.decode(Value.self, from: Data(first.utf8)),
      let b = try? decoder.decode(Value.self, from: Data(second.utf8)), let difference = Value.difference(a, b, at: [])
    else { return nil }
    self = difference
  }

  private init(at path: [String], _ first: Value?, _ second: Value?) {
    key = path.joined(separator: ".")
    (self.first, self.second) = (first?.text ?? "not set", second?.text ?? "not set")
  }

  /// Anything that JSON can say.
  private enum Value: Codable, Equatable {
    case object([String: Value]), list([Value]), number(Double), text(String), flag(Bool), null

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .null
      } else if let value = try? container.decode(Bool.self) {
        self = .flag(value)
      } else if let value = try? container.decode(Double.self) {
        self = .number(value)
      } else if let value = try? container.decode(String.self) {
        self = .text(value)
      } else if let value = try? container.decode([Value].self) {
        self = .list(value)
      } else {
        self = .object(try container.decode([String: Value].self))
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .object(let value): try container.encode(value)
      case .list(let value): try container.encode(value)
      case .number(let value): try container.encode(value)
      case .text(let value): try container.encode(value)
      case .flag(let value): try container.encode(value)
      case .null: try container.encodeNil()
      }
    }

    /// As JSON writes it, cut off where it is long.
    var text: String {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      // What was decoded can be encoded.
      let text = (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "?"
      return text.count > 60 ? "\(text.prefix(57))..." : text
    }

    /// The first difference in the order of keys, as deep inside as both are objects.
    static func difference(_ a: Value, _ b: Value, at path: [String]) -> SettingDifference? {
      guard case .object(let a) = a, case .object(let b) = b else {
        return a == b ? nil : SettingDifference(at: path, a, b)
      }
      for key in Set(a.keys).union(b.keys).sorted() {
        let place = path + [key]
        guard let first = a[key], let second = b[key] else { return SettingDifference(at: place, a[key], b[key]) }
        if let found = difference(first, second, at: place) { return found }
      }
      return nil
    }
  }
}
