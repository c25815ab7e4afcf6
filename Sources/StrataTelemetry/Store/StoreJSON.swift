import StrataTensor

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// JSON as it stands in a store: small, shallow, and with errors that name the key.
enum StoreJSON {
  /// Deeper than any metadata; shallow enough for every parser's stack.
  static let depthLimit = 64

  static func decode<Value: Decodable>(
    _ type: Value.Type, from bytes: [UInt8], at place: String
  ) throws(RunStoreError) -> Value {
    guard depth(of: bytes) <= depthLimit else {
      throw RunStoreError("JSON is nested deeper than \(depthLimit) levels", at: place, remedy: Remedy.rewrite)
    }
    do {
      return try JSONDecoder().decode(type, from: Data(quotingNumbersOfPython(bytes)))
    } catch {
      throw RunStoreError(problem(error), at: place, remedy: Remedy.rewrite)
    }
  }

  /// Keys are sorted, so equal values give equal bytes.
  static func encode(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return Array(try encoder.encode(value))
    } catch {
      fatalError("StoreJSON: metadata that were checked cannot be encoded: \(error)")
    }
  }

  /// The text with `NaN`, `Infinity` and `-Infinity`, which Python writes and JSON does not have, as strings.
  ///
  /// Where a number is needed the error then names the key; elsewhere nobody minds.
  private static func quotingNumbersOfPython(_ bytes: [UInt8]) -> [UInt8] {
    let words = ["NaN", "Infinity", "-Infinity"].map { Array($0.utf8) }
    let initials = words.map { $0[0] }
    var text: [UInt8] = []
    var index = 0
    var (isInString, isEscaped) = (false, false)
    while index < bytes.count {
      let byte = bytes[index]
      if isInString {
        (isInString, isEscaped) = (isEscaped || byte != UInt8(ascii: "\""), !isEscaped && byte == UInt8(ascii: "\\"))
      } else if initials.contains(byte), let word = words.first(where: { bytes[index...].starts(with: $0) }) {
        text += [UInt8(ascii: "\"")] + word + [UInt8(ascii: "\"")]
        index += word.count
        continue
      } else {
        isInString = byte == UInt8(ascii: "\"")
      }
      text.append(byte)
      index += 1
    }
    return text
  }

  /// How deep lists and objects are nested, whatever else is wrong with the text.
  static func depth(of bytes: [UInt8]) -> Int {
    var (depth, deepest) = (0, 0)
    var (isInString, isEscaped) = (false, false)
    for byte in bytes {
      if isInString {
        (isInString, isEscaped) = (isEscaped || byte != UInt8(ascii: "\""), !isEscaped && byte == UInt8(ascii: "\\"))
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isInString = true
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        depth += 1
        deepest = max(deepest, depth)
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      default: break
      }
    }
    return deepest
  }

  private static func problem(_ error: any Error) -> String {
    switch error as? DecodingError {
    case .keyNotFound(let key, let context)?: "\(name(context.codingPath + [key])) is missing"
    case .valueNotFound(_, let context)?: "\(name(context.codingPath)) is null"
    case .typeMismatch(_, let context)?: "\(name(context.codingPath)) has the wrong type"
    case .dataCorrupted(let context)? where !context.codingPath.isEmpty:
      "\(name(context.codingPath)) has a value that is not allowed"
    default: "not valid JSON, or a number out of range"
    }
  }

  private static func name(_ path: [any CodingKey]) -> String {
    path.isEmpty
      ? "the document" : shown(path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: "."))
  }
}
