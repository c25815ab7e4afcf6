import Foundation
import Testing

/// Runs a script of the test fixtures with the interpreter that STRATA_PYTHON names; `make test` sets it.
///
/// - Returns: What the script printed.
func runPython(_ script: String, _ arguments: String...) throws -> Data {
  let interpreter = try #require(
    ProcessInfo.processInfo.environment["STRATA_PYTHON"],
    "STRATA_PYTHON must name a Python with zarr and xarray; 'make test' sets it")
  let fixture = try #require(Bundle.module.url(forResource: "Fixtures/\(script)", withExtension: nil))
  let process = Process()
  process.executableURL = URL(fileURLWithPath: interpreter)
  process.arguments = [fixture.path] + arguments
  let (output, errors) = (Pipe(), Pipe())
  (process.standardOutput, process.standardError) = (output, errors)
  try process.run()
  let printed = output.fileHandleForReading.readDataToEndOfFile()
  let complaint = errors.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  try #require(process.terminationStatus == 0, "\(script): \(String(decoding: complaint, as: UTF8.self))")
  return printed
}
