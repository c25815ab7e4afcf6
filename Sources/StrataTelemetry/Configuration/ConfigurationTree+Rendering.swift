import StrataTensor

extension ConfigurationNode {
  /// The value as YAML in block style, its keys in the order written, overrides applied and comments dropped.
  ///
  /// Reading it gives an equal value: this is how a run archives its configuration.
  public var yaml: String { tree.lines(indentation: "").map { $0 + "\n" }.joined() }
}

extension ConfigurationTree {
  /// What still fits on one line beside its key.
  private static let lineLimit = 100

  fileprivate func lines(indentation: String) -> [String] {
    switch content {
    case .scalar: return [indentation + flow]
    case .list(let elements):
      if elements.isEmpty { return [indentation + "[]"] }
      return elements.flatMap { element in
        element.fits
          ? [indentation + "- " + element.flow]
          : [indentation + "-"] + element.lines(indentation: indentation + "  ")
      }
    case .mapping(let entries):
      if entries.isEmpty { return [indentation + "{}"] }
      return entries.flatMap { entry in
        let key = indentation + Self.key(entry.key) + ":"
        if entry.value.fits { return [key + " " + entry.value.flow] }
        return [key] + entry.value.lines(indentation: indentation + "  ")
      }
    }
  }

  /// Whether the value is written in flow style: a scalar, or a short collection that holds nothing but scalars.
  private var fits: Bool {
    switch content {
    case .scalar: true
    case .list(let elements): elements.allSatisfy(\.isScalar) && flow.utf8.count <= Self.lineLimit
    case .mapping(let entries): entries.allSatisfy(\.value.isScalar) && flow.utf8.count <= Self.lineLimit
    }
  }

  private var isScalar: Bool { if case .scalar = content { true } else { false } }

  private var flow: String {
    switch content {
    case .scalar(let text, let isPlain):
      if isEmpty { "null" } else { isPlain && Self.isWord(text) ? text : quotedAsJSON(text) }
    case .list(let elements): "[" + elements.map(\.flow).joined(separator: ", ") + "]"
    case .mapping(let entries):
      "{" + entries.map { "\(Self.key($0.key)): \($0.value.flow)" }.joined(separator: ", ") + "}"
    }
  }

  /// A key as it is when it needs no quotes for certain, else quoted.
  private static func key(_ key: String) -> String {
    let meansSomething = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(key.lowercased())
    return isWord(key) && !meansSomething ? key : quotedAsJSON(key)
  }

  /// Whether a text is made of letters, digits and `._+-/` only, and so reads the same in every place.
  private static func isWord(_ text: String) -> Bool {
    !text.isEmpty && text != "-"
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "+"),
          UInt8(ascii: "-")...UInt8(ascii: "/"):
          true
        default: false
        }
      }
  }
}
