import StrataTensor

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The bytes of a value as indented JSON: keys sorted, so that equal values give equal bytes.
///
/// - Precondition: The value holds finite numbers only.
func jsonText(_ value: some Encodable) -> [UInt8] {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  do { return Array(try encoder.encode(value)) + [UInt8(ascii: "\n")] } catch {
    fatalError("jsonText: \(error)")
  }
}

/// Writes a value as JSON, aside first; errors call the file `name` when that is given.
func writeJSON(_ value: some Encodable, to path: String, as name: String? = nil) throws(FileError) {
  do { try writeAtomically(jsonText(value), to: path) } catch let error as FileError {
    throw FileError(error.problem, path: name ?? error.path)
  } catch {
    throw FileError("cannot be written: \(error)", path: name ?? path)
  }
}
