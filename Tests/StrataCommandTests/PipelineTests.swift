import Foundation
import Testing

/// From a scenario to its evaluation, as a user would go.
@Suite struct PipelineTests {
  private let place = Workplace()

  private struct Description: Decodable {
    struct Layer: Decodable {
      struct Channel: Decodable {
        let name: String
        let unit: String
        let missingShare: Double
      }

      let layer: String
      let entities: [String]
      let channels: [Channel]
    }

    struct Label: Decodable {
      let kind: String
      let entity: String
    }

    let name: String
    let sampleCount: Int
    let trainingEnd: Int?
    let layers: [Layer]
    let labels: [Label]
  }

  private struct Incidents: Decodable {
    struct Incident: Decodable {
      let firstSample: Int
      let endSample: Int
      let pValue: Double
      let alarms: [Alarm]
      let evidence: Evidence
    }

    struct Evidence: Decodable {
      struct Entity: Decodable {
        struct Channel: Decodable { let name: String }

        let entity: String
        let channels: [Channel]
      }

      let entities: [Entity]
    }

    struct Alarm: Decodable { let entity: String }

    let budget: Double
    let incidents: [Incident]
  }

  private struct Measures: Decodable {
    struct Entry: Decodable {
      let measure: String
      let estimate: Double?
      let caseCount: Int
    }

    let entities: [Entry]
    let runs: [Entry]
  }

  @Test func describesWhatWasSimulated() throws {
    try place.simulate()
    let outcome = try place.strata("describe", "cluster.zarr", "--format", "json")
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    let run = try #require(try Workplace.json([Description].self, outcome).first)
    #expect(run.name == "tiny" && run.sampleCount == 600 && run.trainingEnd == 360)
    #expect(run.layers.map(\.layer) == ["physical", "data", "compute", "application"])
    // Devices and hosts; in the application layer devices, the job, its routers and their experts.
    #expect(run.layers.map(\.entities.count) == [6, 6, 6, 4 + 1 + 4 + 16])
    #expect(run.layers.flatMap(\.channels).allSatisfy { $0.missingShare < 0.05 || $0.name == "restarts" })
    #expect(run.layers.flatMap(\.channels).contains { $0.missingShare > 0 })
    #expect(run.labels.contains { $0.kind == "thermal-throttling" && $0.entity == "c0/rack0/host1/gpu0" })
    let table = try place.strata("describe", "cluster.zarr").output
    #expect(table.hasPrefix("tiny: 600 samples every 1 s (10 min) from "))
    #expect(table.contains("DCGM_FI_DEV_GPU_TEMP") && !table.contains("\u{1B}"))
  }

  @Test func trainsDetectsEvaluatesAndEmbeds() throws {
    try place.simulate()
    let trained = try place.start(Workplace.training(steps: 30, "--output", "run", "--format", "json")).finish()
    try #require(trained.status == 0, "said: \(trained.errors)")
    #expect(trained.errors.contains("finished 30 steps") && !trained.errors.contains("\u{1B}"))
    for name in [
      "config.yaml", "detector.safetensors", "environment.json", "metrics.jsonl", "model.safetensors", "scale.json",
      "checkpoints",
    ] {
      #expect(place.exists("run/\(name)"), "\(name) is missing")
    }
    #expect(place.names(in: "run").contains { $0.hasPrefix("events.out.tfevents.") })
    #expect(try place.text(of: "run/metrics.jsonl").split(separator: "\n").count > 30)

    let detected = try place.strata(
      "detect", "cluster.zarr", "--run", "run", "--budget", "5000", "--output", "found", "--format", "json",
      "--fail-on",
      "alarm")
    #expect(detected.status == 2, "said: \(detected.errors)")
    let incidents = try Workplace.json(Incidents.self, detected)
    #expect(incidents.budget == 5000 && !incidents.incidents.isEmpty)
    #expect(incidents.incidents.contains { $0.firstSample < 560 && $0.endSample > 430 })
    #expect(
      incidents.incidents.allSatisfy {
        !$0.evidence.entities.isEmpty && $0.evidence.entities.allSatisfy { !$0.channels.isEmpty }
      })
    #expect(try place.text(of: "found/incidents.json") == detected.output)
    #expect(place.names(in: "found") == ["incidents.csv", "incidents.json", "scores.safetensors"])

    let evaluated = try place.strata("evaluate", "found", "cluster.zarr", "--format", "json")
    #expect(evaluated.status == 0, "said: \(evaluated.errors)")
    let measures = try Workplace.json(Measures.self, evaluated)
    for entries in [measures.entities, measures.runs] {
      for name in ["VUS-PR", "ROC-AUC", "share of faults found"] {
        let value = try #require(entries.first { $0.measure == name }?.estimate)
        #expect((0...1).contains(value))
      }
    }
    #expect(try place.strata("evaluate", "found", "cluster.zarr").output.contains("Each run as a whole\nmeasure"))

    let embedded = try place.strata("embed", "run", "cluster.zarr", "--output", "z.npy", "--stride", "16")
    #expect(embedded.status == 0, "said: \(embedded.errors)")
    let refused = try place.strata("embed", "run", "cluster.zarr", "--output", "z.npy")
    #expect(refused.status == 1)
    #expect(refused.errors == "strata: z.npy: exists already; choose another --output, or add --overwrite\n")
    #expect(
      try place.strata("embed", "run", "cluster.zarr", "--output", "z.npy", "--stride", "16", "--overwrite").status == 0
    )
    let quiet = try place.strata("detect", "cluster.zarr", "--run", "run", "--budget", "1e-200")
    #expect(quiet.status == 0 && quiet.output == "No incidents.\n")
    #expect(quiet.errors.contains("a larger --budget lowers the threshold"))
    let rows = try place.text(of: "z.csv").split(separator: "\n")
    #expect(rows[0] == "run,entity,end_sample,end_time")
    #expect(rows[1].hasPrefix("tiny,c0/rack0/host0/gpu0,16,"))
    let header = String(decoding: try place.data(of: "z.npy").prefix(128), as: UTF8.self)
    #expect(header.contains("'shape': (\(rows.count - 1), 4)"))
  }

  @Test func equalSeedsGiveEqualModelsOnAnyNumberOfThreads() throws {
    try place.simulate()
    for (name, threads) in [("one", "1"), ("two", "2")] {
      let outcome = try place.start(Workplace.training(steps: 8, "--output", name, "--threads", threads, "-q")).finish()
      #expect(outcome.status == 0 && outcome.errors.isEmpty, "said: \(outcome.errors)")
    }
    #expect(try place.data(of: "one/model.safetensors") == place.data(of: "two/model.safetensors"))
    let other = try place.start(Workplace.training(steps: 8, "--output", "other", "--seed", "2", "-q")).finish()
    #expect(other.status == 0)
    #expect(try place.data(of: "one/model.safetensors") != place.data(of: "other/model.safetensors"))
  }

  @Test func theArchivedConfigurationTrainsTheSameModel() throws {
    try place.simulate()
    _ = try place.start(Workplace.training(steps: 4, "--output", "one", "-q")).finish()
    let again = try place.strata("train", "cluster.zarr", "--config", "one/config.yaml", "--output", "two", "-q")
    #expect(again.status == 0, "said: \(again.errors)")
    #expect(try place.data(of: "one/model.safetensors") == place.data(of: "two/model.safetensors"))
    #expect(try place.text(of: "one/environment.json") == place.text(of: "two/environment.json"))
  }

  @Test func thePrintedConfigurationIsTheStandardOne() throws {
    let printed = try place.strata("train", "--print-config")
    #expect(printed.status == 0 && printed.output.contains("# How Strata turns telemetry into a detector."))
    try place.write(printed.output, to: "mine.yaml")
    try place.simulate()
    let outcome = try place.strata(
      "train", "cluster.zarr", "--config", "mine.yaml", "--set", "training.epochs=", "--set", "training.steps=1",
      "--set", "window.length=32", "--set", "split.embargo=32", "--output", "run", "-q")
    #expect(outcome.status == 0, "said: \(outcome.errors)")
  }

  @Test func resultsGoToOneStreamAndMessagesToTheOther() throws {
    try place.simulate()
    let outcome = try place.start(Workplace.training(steps: 4, "--output", "run", "--log-format", "json")).finish()
    #expect(outcome.status == 0)
    #expect(outcome.output.hasPrefix("run: 4 steps, loss "))
    for line in outcome.errors.split(separator: "\n") {
      #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
    }
  }
}
