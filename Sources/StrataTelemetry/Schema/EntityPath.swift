import StrataTensor

/// What a series belongs to, from the outside in: `c0/rack1/host3/gpu5`.
///
/// Paths are ordered component by component, so an entity comes directly before everything inside it.
public struct EntityPath: Hashable, Sendable, CustomStringConvertible {
  /// The components joined by `/`.
  public let description: String

  /// - Precondition: There is a component, and none is empty or contains `/`.
  public init(_ components: [String]) {
    require(
      !components.isEmpty && components.allSatisfy { !$0.isEmpty && !$0.utf8.contains(UInt8(ascii: "/")) },
      "EntityPath: \(components) must be names that are not empty and contain no '/'")
    description = components.joined(separator: "/")
  }

  /// Reads a path such as `c0/rack1/host3`; nil when it is empty or has an empty component.
  public init?(parsing text: some StringProtocol) {
    let components = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard components.allSatisfy({ !$0.isEmpty }) else { return nil }
    description = String(text)
  }

  public var components: [String] {
    description.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
  }

  /// The innermost component.
  public var last: String { components[components.count - 1] }

  /// The enclosing entity; nil for an outermost one.
  public var parent: EntityPath? {
    let components = self.components
    return components.count > 1 ? EntityPath(Array(components.dropLast())) : nil
  }

  /// The entity called `name` inside this one.
  public func appending(_ name: String) -> EntityPath { EntityPath(components + [name]) }

  /// Whether this entity lies inside `ancestor`, at any depth; an entity does not lie inside itself.
  public func isDescendant(of ancestor: EntityPath) -> Bool {
    description.utf8.starts(with: (ancestor.description + "/").utf8)
  }
}

extension EntityPath: Comparable {
  public static func < (a: EntityPath, b: EntityPath) -> Bool {
    let separator = UInt8(ascii: "/")
    return a.description.utf8.lexicographicallyPrecedes(b.description.utf8) { x, y in
      // The separator sorts before every other byte, which makes the order one of components.
      x != y && (x == separator || (y != separator && x < y))
    }
  }
}

extension EntityPath: ExpressibleByStringLiteral {
  public init(stringLiteral text: String) {
    guard let path = EntityPath(parsing: text) else { fatalError("EntityPath: '\(text)' has an empty component") }
    self = path
  }
}

extension EntityPath: Codable, CodingKeyRepresentable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let path = EntityPath(parsing: text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is not an entity path")
    }
    self = path
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  public init?<Key: CodingKey>(codingKey: Key) { self.init(parsing: codingKey.stringValue) }

  public var codingKey: any CodingKey { PathKey(stringValue: description) }

  private struct PathKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
