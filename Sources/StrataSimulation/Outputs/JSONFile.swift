import StrataTensor

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The bytes of a value as indented JSON, arrays of numbers and strings on one line; keys sorted, so that equal values give
/// equal bytes.
///
/// - Precondition: The value holds finite numbers only.
func jsonText(_ value: some Encodable) -> [UInt8] {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  do { return joiningPlainArrays(Array(try encoder.encode(value))) + [UInt8(ascii: "\n")] } catch {
    fatalError("jsonText: \(error)")
  }
}

/// The same JSON with every array that holds neither arrays nor objects on one line.
///
/// - Complexity: O(bytes).
private func joiningPlainArrays(_ text: [UInt8]) -> [UInt8] {
  var result: [UInt8] = []
  result.reserveCapacity(text.count)
  var (isString, isEscaped, isPlain) = (false, false, false)
  for (place, byte) in text.enumerated() {
    if isString {
      result.append(byte)
      if byte == UInt8(ascii: "\"") && !isEscaped { isString = false }
      isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
      continue
    }
    switch byte {
    case UInt8(ascii: "\""): isString = true
    case UInt8(ascii: "["): isPlain = isPlainArray(text[(place + 1)...])
    case UInt8(ascii: " "), UInt8(ascii: "\n"): if isPlain { continue }
    default: break
    }
    result.append(byte)
    if isPlain && byte == UInt8(ascii: ",") { result.append(UInt8(ascii: " ")) }
    if byte == UInt8(ascii: "]") { isPlain = false }
  }
  return result
}

/// Whether an array whose elements begin here has numbers and strings only: the first element tells.
private func isPlainArray(_ elements: ArraySlice<UInt8>) -> Bool {
  let first = elements.first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\n") }
  return first != UInt8(ascii: "[") && first != UInt8(ascii: "{")
}

/// Writes a value as JSON, aside first; errors call the file `name` when that is given.
func writeJSON(_ value: some Encodable, to path: String, as name: String? = nil) throws(FileError) {
  do { try writeAtomically(jsonText(value), to: path) } catch let error as FileError {
    throw FileError(error.problem, path: name ?? error.path)
  } catch {
    throw FileError("cannot be written: \(error)", path: name ?? path)
  }
}
