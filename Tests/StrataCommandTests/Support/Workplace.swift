import Foundation
import TestSupport

/// A folder in which a test runs the built command; removed with everything in it when the test ends.
final class Workplace {
  /// How a process ended and what it said.
  struct Outcome {
    let status: Int32
    let output: String
    let errors: String
  }

  private let folder = TemporaryFolder()
  var path: String { folder.path }

  /// The path of `name` in the folder.
  func callAsFunction(_ name: String) -> String { folder(name) }

  func write(_ text: String, to name: String) throws { try folder.write(text, to: name) }
  func text(of name: String) throws -> String { try folder.text(of: name) }
  func data(of name: String) throws -> Data { try folder.data(of: name) }
  func exists(_ name: String) -> Bool { folder.exists(name) }
  func names(in inner: String = "") -> [String] { folder.names(in: inner) }

  /// Runs `strata` in the folder and waits for its end.
  func strata(_ arguments: String..., environment: [String: String] = [:]) throws -> Outcome {
    try start(arguments, environment: environment).finish()
  }

  /// Starts `strata` in the folder.
  func start(_ arguments: [String], environment: [String: String] = [:]) throws -> RunningCommand {
    try RunningCommand(Self.executable, arguments, in: self, environment: environment)
  }

  /// Runs a line of shell, in which `$STRATA` is the command.
  func shell(_ line: String) throws -> Outcome {
    try RunningCommand(
      URL(filePath: "/bin/bash"), ["-c", line], in: self, environment: ["STRATA": Self.executable.path]
    ).finish()
  }

  /// The command, which is built beside the tests.
  private static let executable: URL = {
    let bundle = Bundle.allBundles.map(\.bundleURL).first { $0.pathExtension == "xctest" }
    let beside = bundle ?? URL(filePath: ProcessInfo.processInfo.arguments[0])
    return beside.deletingLastPathComponent().appending(path: "strata")
  }()
}

/// A command in a process of its own; its streams go to files, so that neither can fill up.
final class RunningCommand {
  private let process = Process()
  private let outputPath: String
  private let errorPath: String
  // Kept while the process may need the folder.
  private let place: Workplace

  init(_ executable: URL, _ arguments: [String], in place: Workplace, environment: [String: String]) throws {
    self.place = place
    let name = UUID().uuidString
    (outputPath, errorPath) = (place(".\(name).out"), place(".\(name).err"))
    for path in [outputPath, errorPath] { try Data().write(to: URL(filePath: path)) }
    process.executableURL = executable
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: place.path)
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: outputPath)
    process.standardError = FileHandle(forWritingAtPath: errorPath)
    try process.run()
  }

  var errors: String { (try? String(contentsOfFile: errorPath, encoding: .utf8)) ?? "" }

  /// Waits until the command has said `text` on standard error; false when it ended without.
  func waitForErrors(containing text: String) -> Bool { wait(for: text, in: errorPath) }

  /// Waits until the command has said `text` on standard output; false when it ended without.
  func waitForOutput(containing text: String) -> Bool { wait(for: text, in: outputPath) }

  private func wait(for text: String, in path: String) -> Bool {
    func isThere() -> Bool { ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").contains(text) }
    while process.isRunning {
      if isThere() { return true }
      usleep(2000)
    }
    return isThere()
  }

  var isRunning: Bool { process.isRunning }

  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  func finish() throws -> Workplace.Outcome {
    process.waitUntilExit()
    return Workplace.Outcome(
      status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
      output: try String(contentsOfFile: outputPath, encoding: .utf8), errors: errors)
  }
}
