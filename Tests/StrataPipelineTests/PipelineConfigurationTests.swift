import Foundation
import StrataDiagnosis
import StrataPipeline
import StrataModel
import StrataTelemetry
import StrataYAML
import StrataTraining
import TestSupport
import Testing

@Suite struct PipelineConfigurationTests {
  @Test func readsEverySection() throws {
    let value = try pipeline()
    #expect(value.window == WindowSpecification(length: 24, stride: 6, peers: false))
    #expect(value.split == .time(embargo: 24, validation: 0.2) && !value.statesSplit)
    #expect(value.scale == RobustScale.Options(bound: 8, logarithmOfRates: false))
    #expect(value.model.encoder.width == 16 && value.training.length == .steps(60))
    #expect(value.alarms == AlarmPolicy(budget: 10, mergeGap: 120))
  }

  @Test func readsAFileStrictly() throws {
    let folder = TemporaryFolder()
    let path = folder("pipeline.yaml")
    try folder.write(samplePipeline + "\nextra: 1\n", to: "pipeline.yaml")
    #expect {
      try PipelineConfiguration(contentsOf: path)
    } throws: {
      "\($0)"
        == "\(path):23: unknown key 'extra'; known: window, split, scale, model, training, alarms"
    }
    try folder.write(samplePipeline, to: "pipeline.yaml")
    #expect(try PipelineConfiguration(contentsOf: path, overriding: ["alarms.budget=3"]).alarms.budget == 3)
  }

  @Test(arguments: [
    ("window.length=0", "'window.length' must be from 1 to 65536, found '0'"),
    ("window.stride=x", "'window.stride' must be a whole number, found 'x'"),
    ("window.peers=yes", "'window.peers' must be true or false, found 'yes'"),
    ("window.size=3", "unknown key 'size' in 'window'; known: length, stride, peers"),
    ("split.embargo=23", "'embargo' (23) is shorter than a window (24)"),
    ("split.embargo=-1", "'split.embargo' must be at least 0, found '-1'"),
    ("split.validation=0", "'split.validation' must be from 0.01 to 0.9, found '0'"),
    ("split.validation=", "'split.validation' has no value"),
    ("scale.bound=0", "'scale.bound' must be from 0.1 to 1000.0, found '0'"),
    ("model.inputs=[value,peers]", "the inputs include peers, but 'window.peers' is false"),
    (
      "model.encoder.widht=3",
      "unknown key 'widht' in 'model.encoder'; did you mean 'width'?"
    ),
    ("training.slice=5", "'batch' (32) must be a multiple of 'slice' (5)"),
    ("alarms.budget=0", "'alarms.budget' must be from 1e-06 to 1000000000.0, found '0'"),
    ("alarms.mergeGap=-5", "'alarms.mergeGap' must be from 0.0 to 1000000000.0, found '-5'"),
  ]) func aWrongSettingIsReported(override: String, problem: String) {
    let place = problem.hasPrefix("'batch'") ? "p.yaml:17" : "--set \(override)"
    #expect { try pipeline(override) } throws: { "\($0)" == "\(place): \(problem)" }
  }

  @Test(arguments: [
    ("window: {length: 24, stride: 6, peers: false}\n", "p.yaml:1: 'window' is missing"),
    ("stride: 6, ", "p.yaml:1: 'window.stride' is missing"),
    (", validation: 0.2", "p.yaml:2: 'split.validation' is missing"),
    ("bound: 8, ", "p.yaml:3: 'scale.bound' is missing"),
    ("  inputs: [value, mask]\n", "p.yaml:4: 'model.inputs' is missing"),
    ("  steps: 60\n", "p.yaml:14: 'steps' or 'epochs' is missing"),
    ("budget: 10, ", "p.yaml:22: 'alarms.budget' is missing"),
  ]) func aMissingKeyIsReportedWithItsLine(dropping: String, message: String) {
    #expect(samplePipeline.contains(dropping))
    #expect {
      try pipeline(samplePipeline.replacing(dropping, with: ""), overriding: [])
    } throws: {
      "\($0)" == message
    }
  }

  /// The file's own lines are named where no override stands in between.
  @Test func contradictionsAreReportedWithTheirLine() {
    let peers = samplePipeline.replacing("[value, mask]", with: "[value, peers]")
    #expect { try pipeline(peers, overriding: []) } throws: {
      "\($0)" == "p.yaml:5: the inputs include peers, but 'window.peers' is false"
    }
    let embargo = samplePipeline.replacing("embargo: 24", with: "embargo: 9")
    #expect { try pipeline(embargo, overriding: []) } throws: {
      "\($0)" == "p.yaml:2: 'embargo' (9) is shorter than a window (24)"
    }
  }

  @Test func canonicalTextIsOfTheSettingsNotOfTheirWriting() throws {
    let text = try pipeline().canonicalText
    let rewritten =
      samplePipeline
      .replacing("{length: 24, stride: 6, peers: false}", with: "{stride: 6.0, peers: false, length: 24} # comment")
      .replacing("validation: 0.2", with: "validation: 2e-1")
      .replacing("  checkpoint: {every: 500, keep: 2}", with: "  checkpoint:\n    keep: 2\n    every: 500")
    // A whole number stays one, so 6.0 is an error where 6 is expected; spell it as it is read.
    let same = try pipeline(rewritten.replacing("6.0", with: "6"), overriding: []).canonicalText
    #expect(same == text)
    #expect(try pipeline("window.stride=6").canonicalText == text)
    #expect(try pipeline("window.stride=7").canonicalText != text)
    #expect(text.hasPrefix(#"{"alarms":{"budget":10,"mergeGap":120},"model":{"decoder":{"#))
    #expect(!text.contains("\n"))
  }
}
