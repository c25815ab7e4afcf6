import Foundation
import Testing

/// Detectors without training: from clean time to verdicts on another store.
@Suite struct AdaptTests {
  private let place = Workplace()

  private struct Summary: Decodable {
    struct CleanTime: Decodable {
      let run: String
      let sampleCount: Int
      let nodeCount: Int
    }

    struct Role: Decodable {
      let role: String
      let entities: Int
      let channels: Int
      let threshold: Double
    }

    let folder: String
    let cleanTime: [CleanTime]
    let roles: [Role]
  }

  @Test func fitsAndScoresTheWholeOfAnotherStore() throws {
    try place.simulate()
    let fitted = try place.strata("adapt", "cluster.zarr", "--output", "run", "--budget", "5000", "--format", "json")
    try #require(fitted.status == 0, "said: \(fitted.errors)")
    let summary = try Workplace.json(Summary.self, fitted)
    #expect(summary.folder == "run" && summary.cleanTime.map(\.sampleCount) == [360])
    #expect(summary.roles.contains { $0.role == "gpu" && $0.entities == 4 })
    #expect(place.names(in: "run") == ["detector.safetensors"])
    let detector = try place.data(of: "run/detector.safetensors")

    let found = try place.strata("detect", "cluster.zarr", "--run", "run", "--fail-on", "alarm")
    #expect(found.status == 2 && found.output.hasPrefix("start (UTC)"), "said: \(found.errors)")
    #expect(found.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    #expect(try place.data(of: "run/detector.safetensors") == detector)
    #expect(place.names(in: "run") == ["detector.safetensors"])

    let refused = try place.strata("adapt", "cluster.zarr", "--output", "run")
    #expect(refused.status == 1 && refused.errors.contains("run: exists already"))
    let part = try place.strata(
      "adapt", "cluster.zarr", "--from", "60", "--to", "200", "--run", "run", "--output", "other", "--format", "json")
    #expect(try Workplace.json(Summary.self, part).cleanTime.map(\.sampleCount) == [140])
    let short = try place.strata("adapt", "cluster.zarr", "--to", "30", "--output", "short")
    #expect(short.status == 65 && short.errors.contains("has 30 clean samples; a detector needs 60"))
    let empty = try place.strata("adapt", "cluster.zarr", "--from", "9999", "--output", "empty")
    #expect(empty.status == 65 && empty.errors.contains("nothing of it lies between --from and --to"))
    #expect(!place.exists("short") && !place.exists("empty"))
  }
}
