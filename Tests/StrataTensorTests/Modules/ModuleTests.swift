import Foundation
import StrataTensor
import TestSupport
import Testing

private struct Pair: Module {
  var weight: Tensor
  var bias: Tensor

  init(seed: UInt64, outputs: Int = 3) {
    var generator = Generator(seed: seed)
    weight = Tensor(generator.normalArray([2, outputs]))
    bias = Tensor(generator.normalArray([outputs]))
  }

  mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {
    try visit("weight", &weight)
    try visit("bias", &bias)
  }
}

@Suite struct ModuleTests {
  private let folder = TemporaryFolder()

  private func bits(of module: Pair) -> [[UInt32]] { module.namedArrays().map { $0.array.elements.map(\.bitPattern) } }

  @Test func whatIsSavedIsLoadedBitForBit() throws {
    let (saved, path) = (Pair(seed: 1), folder("pair.safetensors"))
    try saved.save(to: path)
    var loaded = Pair(seed: 2)
    try loaded.load(from: path)
    #expect(bits(of: loaded) == bits(of: saved) && bits(of: saved) != bits(of: Pair(seed: 2)))
    #expect(try SafetensorsFile(contentsOf: path).metadata == ["format": "pt"])
    try saved.save(to: path, metadata: ["step": "7"])
    #expect(try SafetensorsFile(contentsOf: path).metadata == ["format": "pt", "step": "7"])
    #expect(folder.names() == ["pair.safetensors"])
  }

  @Test func weightsOfAnotherModuleChangeNothing() throws {
    let path = folder("other.safetensors")
    var module = Pair(seed: 1)
    func message(_ arrays: [(String, NDArray)]) throws -> String {
      try SafetensorsFile.write(arrays, to: path)
      do { try module.load(from: path) } catch { return "\(error)".replacingOccurrences(of: path, with: "file") }
      return "no error"
    }
    let (weight, bias) = (NDArray([2, 3], repeating: 0), NDArray([3], repeating: 0))
    #expect(try message([("weight", weight)]) == "file: 'bias' is missing")
    #expect(
      try message([("weight", weight), ("bias", bias), ("bais", bias)])
        == "file: 'bais' is not a parameter of the model; did you mean 'bias'?")
    #expect(
      try message([("weight", bias), ("bias", bias)]) == "file: 'weight' has shape [3], the model expects [2, 3]")
    #expect(bits(of: module) == bits(of: Pair(seed: 1)))
    #expect(throws: SafetensorsError.self) { try module.load(from: folder("absent")) }
  }

  @Test func parametersAreCountedAndListed() {
    #expect(Pair(seed: 1).parameterCount == 9)
    #expect(
      Pair(seed: 1, outputs: 400).summary == """
        name    shape     count
        weight  [2, 400]    800
        bias    [400]       400
        total              1200
        """)
  }
}
