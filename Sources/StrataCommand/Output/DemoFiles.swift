import Strata

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What `demo` leaves in its output folder.
struct DemoFiles {
  /// The name of the page.
  static let report = "report.html"

  /// Every file of a demo, as patterns.
  static var patterns: [String] {
    let run = RunFolder("run")
    return [
      report, "found/\(DetectionFiles.scores)", "found/\(DetectionFiles.incidents)", "found/\(DetectionFiles.table)",
    ]
      + RunStore.filePatterns.map { "cluster.zarr/\($0)" }
      + [run.configuration, run.environment, run.scale, run.metrics, run.model, run.detector, "\(run.checkpoints)/*/*"]
      + ["run/events.out.tfevents.*"]
  }

  private let folder: String

  init(_ folder: String) { self.folder = folder }

  var cluster: String { "\(folder)/cluster.zarr" }
  var run: String { "\(folder)/run" }
  var report: String { "\(folder)/\(Self.report)" }

  var found: String { "\(folder)/found" }

  /// Makes the folder for scores and incidents.
  func createFound() throws -> String {
    try FileManager.default.createDirectory(atPath: found, withIntermediateDirectories: true)
    return found
  }
}
