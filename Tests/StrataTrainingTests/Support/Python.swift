import Foundation
import Testing

/// Runs Python code in the interpreter that `STRATA_PYTHON` names and returns what it prints.
///
/// `make test` creates that interpreter with the packages it needs; without it the test fails.
func python(_ code: String, _ arguments: String...) throws -> String {
  let interpreter = try #require(
    ProcessInfo.processInfo.environment["STRATA_PYTHON"], "STRATA_PYTHON must name a Python interpreter; run make test")
  let process = Process()
  let output = Pipe()
  process.executableURL = URL(filePath: interpreter)
  process.arguments = ["-c", code] + arguments
  process.standardOutput = output
  try process.run()
  let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  #expect(process.terminationStatus == 0, "python failed")
  return text
}
