import Foundation
import StrataDiagnosis
import StrataPipeline
import StrataModel
import StrataTelemetry
import StrataTensor
import StrataTraining
import TestSupport
import Testing

@Suite struct TrainedPipelineTests {
  private func trained(_ run: Run) throws -> (pipeline: TrainedPipeline, prepared: PreparedTelemetry) {
    let configuration = try pipeline("training.steps=5")
    let prepared = try PreparedTelemetry([run], configuration: configuration, threads: 1)
    return (
      TrainedPipeline(
        configuration: configuration, scale: prepared.scale, model: try prepared.trainedModel(seed: 1),
        provenance: Provenance(configuration, runs: [run])), prepared
    )
  }

  @Test func aFolderGivesTheSameModelBitForBit() throws {
    let run = SampleCluster().run()
    let (written, prepared) = try trained(run)
    try withTemporaryFolder { folder in
      let folder = RunFolder("\(folder)/out")
      try written.write(to: folder)
      let read = try TrainedPipeline(opening: folder)
      #expect(read.configuration.canonicalText == written.configuration.canonicalText)
      #expect(read.scale == written.scale && read.provenance == written.provenance)
      let windows = try prepared.testWindows()
      let again = try read.prepare([run], threads: 2)
      let (a, b) = (
        WindowEmbeddings(written.model, windows, threads: 1),
        WindowEmbeddings(read.model, try again.testWindows(), threads: 2)
      )
      #expect(a.vectors.elements.map(\.bitPattern) == b.vectors.elements.map(\.bitPattern))
    }
  }

  @Test func aFolderThatLacksSomethingIsAnError() throws {
    let (written, _) = try trained(SampleCluster().run())
    try withTemporaryFolder { path in
      let folder = RunFolder(path)
      func expectError(_ description: String, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(sourceLocation: sourceLocation) {
          try TrainedPipeline(opening: folder)
        } throws: {
          "\($0)" == description
        }
      }
      expectError("\(path): is not a run folder: there is no config.yaml; make one with 'strata train'")
      try TrainedPipeline.begin(
        folder, configuration: written.configuration, scale: written.scale, provenance: written.provenance)
      expectError(
        "\(path): has no model.safetensors: training has not finished; continue it with 'strata train --resume auto'")
      try written.write(to: folder)
      let scale = try String(contentsOfFile: folder.scale, encoding: .utf8)
      try write(String(scale.dropLast(30)), to: folder.scale)
      expectError("\(folder.scale): is damaged; make the folder again with 'strata train'")
      try FileManager.default.removeItem(atPath: folder.scale)
      expectError("\(folder.scale): cannot be read; make the folder again with 'strata train'")
      try write(scale, to: folder.scale)
      try SafetensorsFile.write(written.model.namedArrays().dropLast().map { ($0.name, $0.array) }, to: folder.model)
      #expect(throws: WeightError.self) { try TrainedPipeline(opening: folder) }
    }
  }

  @Test func embeddingsAreUnitVectorsInTheOrderOfTheWindows() throws {
    let (pipeline, prepared) = try trained(SampleCluster().run())
    let windows = try prepared.testWindows()
    let joint = WindowEmbeddings(pipeline.model, windows, threads: 1)
    #expect(joint.vectors.shape == [windows.count, 4] && joint.origins == (0..<windows.count).map(windows.origin))
    expectClose(
      (joint.vectors * joint.vectors).sum(over: [1]), NDArray([windows.count], repeating: 1), relative: 1e-5)
    let again = WindowEmbeddings(pipeline.model, windows, threads: 3)
    #expect(joint.vectors.elements.map(\.bitPattern) == again.vectors.elements.map(\.bitPattern))
    let own = WindowEmbeddings(pipeline.model, windows, layer: .compute, threads: 2)
    #expect(own.vectors.shape == joint.vectors.shape && own.vectors.elements != joint.vectors.elements)
  }

  @Test func anUnknownLayerHasNoEmbeddings() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let prepared = try PreparedTelemetry([SampleCluster().run()], configuration: pipeline(), threads: 1)
      _ = WindowEmbeddings(
        prepared.initialModel(seed: 1), try prepared.testWindows(), layer: .data, threads: 1)
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("WindowEmbeddings: the model has no layer data"))
  }
}

@Suite struct StandardConfigurationTests {
  @Test func theStandardTextIsAPipeline() throws {
    let standard = try PipelineConfiguration.standard()
    #expect(
      standard.canonicalText
        == (try PipelineConfiguration(parsing: PipelineConfiguration.standardText, source: "s").canonicalText))
    #expect(try PipelineConfiguration.standard(overriding: ["alarms.budget=2"]).alarms.budget == 2)
    #expect {
      try PipelineConfiguration.standard(overriding: ["alarms.budgte=2"])
    } throws: {
      "\($0)" == "--set alarms.budgte=2: unknown key 'budgte' in 'alarms'; did you mean 'budget'?"
    }
    #expect(try PipelineConfiguration.demo(seed: 9, isQuick: false).training.seed == 9)
    #expect(try PipelineConfiguration.demo(seed: 9, isQuick: true).window.length == 32)
  }

  /// What a run folder archives is read back as the same settings.
  @Test func theArchivedTextSaysTheSame() throws {
    for overrides in [[], ["training.steps=7", "model.encoder.width=8", "split.validation=0.25"]] {
      let value = try pipeline(overriding: overrides)
      let read = try PipelineConfiguration(parsing: value.text, source: "config.yaml")
      #expect(read.canonicalText == value.canonicalText && read.text == value.text)
    }
  }
}
