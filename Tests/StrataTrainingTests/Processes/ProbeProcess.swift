import Foundation
import Testing

/// A training in a process of its own; see `TrainingProbe`.
///
/// A class, because a process is one thing however many names it has.
final class ProbeProcess {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var pending = Data()

  init(folder: String, threads: Int, pausingAt step: Int? = nil) throws {
    process.executableURL = Bundle.module.bundleURL.deletingLastPathComponent().appending(path: "TrainingProbe")
    process.arguments = [folder, "\(threads)"] + (step.map { ["\($0)"] } ?? [])
    process.standardInput = input
    process.standardOutput = output
    try process.run()
  }

  /// The next event, or `nil` when the process has ended.
  func nextEvent() throws -> [String: Any]? {
    while true {
      if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
        let line = pending[..<end]
        pending = Data(pending[(end + 1)...])
        return try #require(JSONSerialization.jsonObject(with: line) as? [String: Any])
      }
      let data = output.fileHandleForReading.availableData
      if data.isEmpty { return nil }
      pending += data
    }
  }

  /// Reads events until the given step has been made.
  func waitForStep(_ step: Int) throws {
    while let event = try nextEvent() {
      if event["event"] as? String == "step", event["step"] as? Int == step { return }
    }
    Issue.record("the process ended before step \(step)")
  }

  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// Lets a paused process go on.
  func unpause() throws { try input.fileHandleForWriting.close() }

  /// Reads the remaining events and returns them with the exit status, negative for a signal.
  func finish() throws -> (events: [[String: Any]], status: Int32) {
    var events: [[String: Any]] = []
    while let event = try nextEvent() { events.append(event) }
    process.waitUntilExit()
    let status = process.terminationStatus
    return (events, process.terminationReason == .uncaughtSignal ? -status : status)
  }
}
