import StrataTelemetry
import StrataTensor

/// The bits of every element.
private func bits(_ array: NDArray) -> [UInt32] { array.elements.map(\.bitPattern) }

/// What is read from a `.npy` file is read again after it has been written.
func fuzzArray(_ bytes: [UInt8]) {
  guard let array = try? NumPyArray.parse(bytes, source: "input") else { return }
  guard let again = try? NumPyArray.parse(NumPyArray.encode(array), source: "again") else {
    fatalError("an array of shape \(array.shape) cannot be read again")
  }
  check(again.shape == array.shape && bits(again) == bits(array), "an array of shape \(array.shape) changed")
}

/// Every array of a `.npz` file is read or refused.
func fuzzArchive(_ bytes: [UInt8]) {
  guard let archive = try? NumPyArchive(parsing: bytes, source: "input") else { return }
  for name in archive.names { _ = try? archive.array(named: name) }
}

/// Every tensor of a safetensors file is read or refused.
func fuzzSafetensors(_ bytes: [UInt8]) {
  guard let file = try? SafetensorsFile(parsing: bytes, source: "input") else { return }
  for name in file.names {
    guard let array = try? file.array(named: name) else { continue }
    check(array.shape == file.shape(of: name), "tensor \(name) has another shape than its header says")
  }
}

/// Every field of a table is read as number and as text; both agree with the standard library.
func fuzzTable(_ bytes: [UInt8]) {
  do {
    var options = CSVReader.Options()
    options.recordLimit = 1 << 12
    var reader = try CSVReader(bytes, source: "input", options: options)
    while try reader.advance() {
      for column in reader.columns.indices {
        guard let text = try? reader.text(column) else { continue }
        check(reader.isEmpty(column) == text.isEmpty, "'\(text)' is empty or not")
        guard let number = try? reader.number(column), let float = try? reader.float(column) else { continue }
        let trimmed = String(
          text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
        guard let expected = Double(trimmed), let expectedFloat = Float(trimmed) else { continue }
        check(number == expected || (number.isNaN && expected.isNaN), "'\(text)' was read as \(number)")
        check(float == expectedFloat || (float.isNaN && expectedFloat.isNaN), "'\(text)' was read as \(float)")
      }
    }
  } catch {}
}
