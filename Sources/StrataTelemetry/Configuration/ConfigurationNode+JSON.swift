#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension ConfigurationNode {
  /// Reads a JSON text, such as the ``canonicalText`` that is saved beside a model.
  ///
  /// Numbers and texts are those of the text; keys come in the order of the alphabet, and errors name no line.
  ///
  /// - Parameters:
  ///   - text: The document.
  ///   - source: What errors call it.
  /// - Throws: ``ConfigurationError`` when the text is no JSON, or nested deeper than 64 levels.
  public convenience init(parsingJSON text: String, source: String) throws(ConfigurationError) {
    let place = ConfigurationPlace(source: source, line: nil)
    let bytes = Array(text.utf8)
    guard StoreJSON.depth(of: bytes) <= StoreJSON.depthLimit else {
      throw ConfigurationError("nested deeper than \(StoreJSON.depthLimit)", at: place)
    }
    guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) else {
      throw ConfigurationError("not valid JSON", at: place)
    }
    self.init(value.tree(at: place))
  }
}

/// Any value of a JSON document.
private enum JSONValue: Decodable {
  case null
  case bool(Bool)
  case whole(Int)
  case number(Double)
  case text(String)
  case list([JSONValue])
  case mapping([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .null
    } else if let bool = try? value.decode(Bool.self) {
      self = .bool(bool)
    } else if let whole = try? value.decode(Int.self) {
      self = .whole(whole)
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else if let list = try? value.decode([JSONValue].self) {
      self = .list(list)
    } else {
      self = .mapping(try value.decode([String: JSONValue].self))
    }
  }

  func tree(at place: ConfigurationPlace) -> ConfigurationTree {
    let content: ConfigurationTree.Content =
      switch self {
      case .null: .scalar("null", isPlain: true)
      case .bool(let bool): .scalar("\(bool)", isPlain: true)
      case .whole(let whole): .scalar("\(whole)", isPlain: true)
      case .number(let number): .scalar("\(number)", isPlain: true)
      case .text(let text): .scalar(text, isPlain: false)
      case .list(let list): .list(list.map { $0.tree(at: place) })
      case .mapping(let entries):
        .mapping(
          entries.sorted { $0.key < $1.key }.map {
            ConfigurationTree.Entry(key: $0.key, value: $0.value.tree(at: place))
          })
      }
    return ConfigurationTree(content: content, place: place)
  }
}
