/// One value of a configuration file, read strictly: what is missing, misspelt, of the wrong type or out of range is an
/// error that names the file and the line.
///
/// A reader asks for the keys it knows and calls ``finish()`` once on the outermost node, which reports keys that
/// nobody asked for.
/// ```swift
/// let root = try ConfigurationNode(contentsOf: "model.yaml", overriding: ["encoder.width=32"])  // import StrataYAML
/// let encoder = try root.node("encoder")
/// let width = try encoder.int("width", in: 1...)
/// let dropout = try encoder.float("dropout", in: 0..<1, default: 0)
/// try root.finish()
/// ```
///
/// A class, and not `Sendable`: reading a key marks it as known on the one node that every part of a reader shares.
public final class ConfigurationNode {
  package let tree: ConfigurationTree
  /// The way from the document to this value, `layers[2].width`; empty for the document.
  public let path: String
  private var known: [String] = []
  private var children: [String: ConfigurationNode] = [:]
  private var elements: [ConfigurationNode] = []

  /// The node of a value, at the way from the document to it.
  package init(_ tree: ConfigurationTree, path: String = "") { (self.tree, self.path) = (tree, path) }

  /// Where the value was written.
  public var place: ConfigurationPlace { tree.place }

  /// One line that is equal for equal settings (keys sorted, no comments): what a manifest hashes.
  public var canonicalText: String { tree.canonicalText }

  /// The keys of a mapping in the order written, without marking them as known; empty for anything else.
  public var keys: [String] { entries.map(\.key) }

  /// Whether this is a mapping, as the documents of most readers are.
  package var isMapping: Bool { if case .mapping = tree.content { true } else { false } }

  /// Whether `key` is present and not empty; makes it known.
  public func has(_ key: String) -> Bool { child(key).map { !$0.tree.isEmpty } ?? false }

  /// The value of `key`, of any type.
  ///
  /// - Throws: ``ConfigurationError`` when this is not a mapping, or the key is missing or empty.
  public func node(_ key: String) throws(ConfigurationError) -> ConfigurationNode {
    try requireMapping()
    guard let child = child(key) else {
      throw ConfigurationError("'\(self.path(to: key))' is missing\(misspelling(of: key))", at: place)
    }
    guard !child.tree.isEmpty else { throw ConfigurationError("'\(child.path)' has no value", at: child.place) }
    return child
  }

  /// The value of `key`, or `nil` when it is absent or empty.
  public func optionalNode(_ key: String) throws(ConfigurationError) -> ConfigurationNode? {
    try requireMapping()
    return has(key) ? try node(key) : nil
  }

  /// The elements of the list at `key`.
  public func nodes(_ key: String) throws(ConfigurationError) -> [ConfigurationNode] { try node(key).listElements() }

  /// The elements of the list at `key`; none when the key is absent.
  public func optionalNodes(_ key: String) throws(ConfigurationError) -> [ConfigurationNode] {
    try optionalNode(key)?.listElements() ?? []
  }

  /// The elements of this list.
  public func listElements() throws(ConfigurationError) -> [ConfigurationNode] {
    guard case .list(let trees) = tree.content else { throw wrongType("a list") }
    if elements.isEmpty {
      elements = trees.enumerated().map { ConfigurationNode($1, path: "\(path)[\($0)]") }
    }
    return elements
  }

  /// Reports the first key, here or below, that no reader asked for.
  ///
  /// - Throws: ``ConfigurationError`` with the known key that is spelt most alike, else with all known keys.
  public func finish() throws(ConfigurationError) {
    for entry in entries {
      guard let child = children[entry.key] else {
        let suggestion = Suggestion.clause(for: entry.key, among: known)
        let list = known.isEmpty ? "; no keys are known here" : "; known: \(known.joined(separator: ", "))"
        let place = entry.value.place
        let inside = path.isEmpty ? "" : " in '\(path)'"
        throw ConfigurationError(
          "unknown key '\(entry.key)'\(inside)\(suggestion.isEmpty ? list : suggestion)", at: place)
      }
      try child.finish()
    }
    for element in elements { try element.finish() }
  }

  /// An error at `key`, or at this node, for a condition that the reader checks itself.
  public func error(_ problem: String, at key: String? = nil) -> ConfigurationError {
    let entry = key.flatMap { key in entries.first { $0.key == key } }
    return ConfigurationError(problem, at: entry?.value.place ?? place)
  }

  func wrongType(_ expected: String) -> ConfigurationError {
    let subject = path.isEmpty ? "the document" : "'\(path)'"
    return ConfigurationError("\(subject) must be \(expected), found \(tree.found)", at: place)
  }

  private var entries: [ConfigurationTree.Entry] {
    if case .mapping(let entries) = tree.content { entries } else { [] }
  }

  private func requireMapping() throws(ConfigurationError) {
    guard isMapping else { throw wrongType("a mapping") }
  }

  private func path(to key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  private func child(_ key: String) -> ConfigurationNode? {
    if !known.contains(key) { known.append(key) }
    if let child = children[key] { return child }
    guard let entry = entries.first(where: { $0.key == key }) else { return nil }
    let child = ConfigurationNode(entry.value, path: path(to: key))
    children[key] = child
    return child
  }

  private func misspelling(of key: String) -> String {
    let unread = keys.filter { children[$0] == nil }
    guard let typed = Suggestion.closest(to: key, among: unread) else { return "" }
    let line = entries.first { $0.key == typed }?.value.place.line
    return "; did you mean it by '\(typed)'\(line.map { " on line \($0)" } ?? "")?"
  }
}
