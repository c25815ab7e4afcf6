public import Foundation
import Testing

/// Runs the interpreter that `STRATA_PYTHON` names, with the arguments of a command line, and returns what it prints.
///
/// `make test` makes that interpreter, with the packages of `Tests/requirements.txt`; without it the test fails.
public func python(_ arguments: [String]) throws -> Data {
  let interpreter = try #require(
    ProcessInfo.processInfo.environment["STRATA_PYTHON"], "STRATA_PYTHON must name a Python interpreter; run make test")
  let process = Process()
  process.executableURL = URL(filePath: interpreter)
  process.arguments = arguments
  let output = Pipe()
  process.standardOutput = output
  try process.run()
  let printed = output.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  try #require(process.terminationStatus == 0, "python \(arguments.joined(separator: " ")): see above")
  return printed
}

/// Runs Python code and returns what it prints.
public func python(_ code: String, _ arguments: String...) throws -> String {
  String(decoding: try python(["-c", code] + arguments), as: UTF8.self)
}
