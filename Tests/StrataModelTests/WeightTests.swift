import Foundation
import StrataModel
import StrataTensor
import Testing

@Suite struct WeightTests {
  @Test func loadingRestoresEveryParameterInAnyOrder() throws {
    let source = try sampleModel(seed: 1)
    var target = try sampleModel(seed: 2)
    try target.load(source.namedArrays().reversed(), from: "w.safetensors")
    #expect(target.namedArrays().map(\.array.elements) == source.namedArrays().map(\.array.elements))
  }

  @Test func aMissingArrayIsAnError() throws {
    var model = try sampleModel()
    let before = model.namedArrays().map(\.array.elements)
    let arrays = try sampleModel(seed: 9).namedArrays().filter { $0.name != "fusion.output.bias" }
    #expect(throws: WeightError.missing(name: "fusion.output.bias", source: "w.safetensors")) {
      try model.load(arrays, from: "w.safetensors")
    }
    #expect(model.namedArrays().map(\.array.elements) == before)
  }

  @Test func errorsNameTheArray() throws {
    var model = try sampleModel()
    let arrays = model.namedArrays()
    #expect { try model.load(Array(arrays.dropLast()), from: "w") } throws: {
      "\($0)" == "w: 'fusion.output.bias' is missing"
    }
    #expect { try model.load(arrays + [("fusion.output.biass", NDArray(scalar: 0))], from: "w") } throws: {
      "\($0)" == "w: 'fusion.output.biass' is not a parameter of the model; did you mean 'fusion.output.bias'?"
    }
    #expect { try model.load(arrays + [("zzz", NDArray(scalar: 0))], from: "w") } throws: {
      "\($0)" == "w: 'zzz' is not a parameter of the model"
    }
    let reshaped = arrays.map { ($0.name, $0.name == "fusion.output.bias" ? NDArray([2, 2], repeating: 0) : $0.array) }
    #expect { try model.load(reshaped, from: "w") } throws: {
      "\($0)" == "w: 'fusion.output.bias' has shape [2, 2], the model expects [4]"
    }
  }

  @Test(arguments: [
    [], ["fusion={kind: late}"], ["fusion={kind: bottleneck, heads: 2, hidden: 3, dropout: 0}"],
    ["fusion={kind: crossAttention, heads: 2, hidden: 3, dropout: 0}"],
    [
      "encoder={kind: transformer, width: 8, depth: 3, heads: 2, hidden: 9, patch: 2, positions: rotary, "
        + "causal: true, dropout: 0}"
    ],
    [
      "encoder={kind: transformer, width: 4, depth: 0, heads: 2, hidden: 9, patch: 1, positions: sinusoidal, "
        + "causal: true, dropout: 0}"
    ],
    ["objective.contrast={kind: infoNCE, weight: 1, pairs: all, temperature: 0.5, learned: true}"],
    ["decoder={context: joint, hidden: 7, bottleneck: 2, logVariance: {minimum: -4, maximum: 4}}"],
    ["decoder={context: layer, hidden: 7}", "embedding.privateLatent=2"],
  ])
  func parametersAreCountedWithoutBuilding(overrides: [String]) throws {
    let configuration = try configuration(overriding: overrides)
    var generator = Generator(seed: 1)
    let model = JointModel(configuration, channels: sampleChannels, using: &generator)
    #expect(
      configuration.parameterCount(channels: sampleChannels) == model.namedArrays().reduce(0) { $0 + $1.array.count })
  }

  @Test func aModelFarLargerThanItsFileIsNotBuilt() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "weights-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let model = try sampleModel()
    try SafetensorsFile.write(model.namedArrays().map { ($0.name, $0.array) }, to: path)
    let read = try JointModel(model.configuration, channels: sampleChannels, weightsAt: path)
    #expect(read.namedArrays().map(\.array.elements) == model.namedArrays().map(\.array.elements))
    let hostile = try configuration("encoder={kind: tcn, width: 65536, depth: 24, kernel: 1024, dropout: 0}")
    let found = model.namedArrays().reduce(0) { $0 + $1.array.count }
    let expected = hostile.parameterCount(channels: sampleChannels)
    #expect(throws: WeightError.wrongCount(found: found, expected: expected, source: path)) {
      try JointModel(hostile, channels: sampleChannels, weightsAt: path)
    }
  }
}
