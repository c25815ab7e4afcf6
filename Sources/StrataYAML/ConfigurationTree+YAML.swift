import StrataTelemetry
import Yams

extension ConfigurationTree {
  /// More than any configuration needs, and few enough that aliases cannot multiply into a flood.
  private static let valueLimit = 100_000
  private static let depthLimit = 64
  private static let byteLimit = 16 << 20

  /// Reads a YAML file (JSON is read too, being YAML). An empty document is an empty mapping.
  init(contentsOf path: String) throws(ConfigurationError) {
    let place = ConfigurationPlace(source: path, line: nil)
    guard fileExists(path) else { throw ConfigurationError("does not exist", at: place) }
    let bytes: [UInt8]
    do throws(TelemetryFileError) { bytes = try ByteStream.contents(of: path, limit: Self.byteLimit) } catch {
      throw ConfigurationError(error.problem, at: place)
    }
    guard bytes.count <= Self.byteLimit else {
      throw ConfigurationError("has more than \(Self.byteLimit) bytes, too large for a configuration", at: place)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ConfigurationError("is not UTF-8 text", at: place)
    }
    try self.init(parsing: text, source: path)
  }

  init(parsing text: String, source: String) throws(ConfigurationError) {
    let document: Node?
    do { document = try compose(yaml: text) } catch { throw Self.error(error, source: source) }
    let start = ConfigurationPlace(source: source, line: 1)
    guard let document else {
      self.init(content: .mapping([]), place: start)
      return
    }
    var remaining = Self.valueLimit
    try self.init(document, place: start, depth: 0, remaining: &remaining)
  }

  private init(
    _ node: Node, place: ConfigurationPlace, depth: Int, remaining: inout Int
  ) throws(ConfigurationError) {
    remaining -= 1
    guard remaining >= 0 else { throw ConfigurationError("more than \(Self.valueLimit) values", at: place) }
    guard depth <= Self.depthLimit else { throw ConfigurationError("nested deeper than \(Self.depthLimit)", at: place) }
    switch node {
    case .scalar(let scalar):
      let isPlain = scalar.style == .plain || scalar.style == .any
      self.init(content: .scalar(scalar.string, isPlain: isPlain), place: place)
    case .sequence(let sequence):
      var elements: [ConfigurationTree] = []
      for element in sequence {
        let line = ConfigurationPlace(source: place.source, line: element.mark?.line ?? place.line)
        elements.append(try ConfigurationTree(element, place: line, depth: depth + 1, remaining: &remaining))
      }
      self.init(content: .list(elements), place: place)
    case .mapping(let mapping):
      var entries: [Entry] = []
      for (key, value) in mapping {
        let line = ConfigurationPlace(source: place.source, line: key.mark?.line ?? place.line)
        guard case .scalar(let name) = key else { throw ConfigurationError("a key must be a plain text", at: line) }
        let value = try ConfigurationTree(value, place: line, depth: depth + 1, remaining: &remaining)
        entries.append(Entry(key: name.string, value: value))
      }
      self.init(content: .mapping(entries), place: place)
    case .alias:
      throw ConfigurationError("an alias to something that is not defined", at: place)
    }
  }

  private static func error(_ error: any Error, source: String) -> ConfigurationError {
    func at(_ mark: Mark?) -> ConfigurationPlace { ConfigurationPlace(source: source, line: mark?.line) }
    return switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _):
      ConfigurationError("not valid YAML: \(problem)", at: at(mark))
    case .composer(_, let problem, let mark, _):
      ConfigurationError("not valid YAML: expected one document, \(problem)", at: at(mark))
    case .duplicatedKeysInMapping(let keys, let context):
      ConfigurationError("'\(keys.joined(separator: "', '"))' is given twice", at: at(context.mark))
    case .reader(let problem, _, _, _): ConfigurationError("not valid YAML: \(problem)", at: at(nil))
    default: ConfigurationError("not valid YAML: \(error)", at: at(nil))
    }
  }
}
