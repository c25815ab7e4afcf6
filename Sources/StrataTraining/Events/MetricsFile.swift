import StrataTensor

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Appends steps and evaluations to a file with one JSON object per line.
///
/// When a training resumes, lines of steps after the checkpoint are dropped: they will be made again. A last line that a
/// killed process left half written is dropped too.
public struct MetricsFile: TrainingObserver {
  private let path: String
  private var output: FileWriter?

  /// - Parameter path: The file; its folder must exist.
  public init(path: String) { self.path = path }

  /// - Throws: `TrainingFileError` when the file cannot be read or written.
  public mutating func observe(_ event: TrainingEvent) throws(TrainingFileError) {
    switch event {
    case .started(let plan):
      let kept = try lines(upTo: plan.firstStep).map { $0 + "\n" }.joined()
      do {
        try writeAtomically(Array(kept.utf8), to: path)
      } catch {
        throw TrainingFileError(problem: "cannot be written: \(error)", path: path)
      }
      output = try FileWriter(path: path, mode: "ab")
    case .step, .evaluated:
      if output == nil { output = try FileWriter(path: path, mode: "ab") }
      try output?.write(Array("\(event.jsonLine)\n".utf8))
    case .visited, .checkpointed, .ignoredCheckpoint, .finished, .interrupted:
      break
    }
  }

  /// The complete lines of an earlier process that are not after `step`.
  private func lines(upTo step: Int) throws(TrainingFileError) -> [Substring] {
    guard step > 0, FileManager.default.fileExists(atPath: path) else { return [] }
    let text: String
    do {
      text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    } catch {
      throw TrainingFileError(problem: "cannot be read: \(error)", path: path)
    }
    struct Line: Decodable { let step: Int }
    return text.split(separator: "\n").filter { line in
      guard let decoded = try? JSONDecoder().decode(Line.self, from: Data(line.utf8)) else { return false }
      return decoded.step <= step
    }
  }
}
