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
}
