import Foundation
import StrataTensor
import StrataTraining
import TestSupport
import Testing

/// A weight and a bias, as in the reference values.
struct Affine: Module {
  var weight: Tensor
  var bias: Tensor

  init(weight: NDArray, bias: NDArray) { (self.weight, self.bias) = (Tensor(weight), Tensor(bias)) }

  /// The point a golden case starts from.
  init(startOf golden: String, in goldens: Goldens) {
    self.init(weight: goldens.array("start.weight", of: golden), bias: goldens.array("start.bias", of: golden))
  }

  /// One row of the arrays of a golden case, such as the slopes of one step.
  init(_ name: String, step: Int, of golden: String, in goldens: Goldens) {
    let (weight, bias) = (goldens.array("\(name).weight", of: golden), goldens.array("\(name).bias", of: golden))
    self.init(weight: weight.rows(step..<step + 1).reshaped([3, 4]), bias: bias.rows(step..<step + 1).reshaped([4]))
  }

  mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {
    try visit("weight", &weight)
    try visit("bias", &bias)
  }
}

@Suite struct OptimizerTests {
  static let stepCount = 12

  private static func optimizer(_ name: String) -> any Optimizer {
    switch name {
    case "sgd": SGD(learningRate: 0.1)
    case "sgd-momentum": SGD(learningRate: 0.05, momentum: 0.9, weightDecay: 0.02)
    case "sgd-nesterov": SGD(learningRate: 0.05, momentum: 0.8, isNesterov: true)
    case "adamw": AdamW(learningRate: 0.02, weightDecay: 0.1)
    case "adamw-clipped": AdamW(learningRate: 0.01, momentum: (0.8, 0.95), epsilon: 1e-6)
    default: Lion(learningRate: 0.01, weightDecay: 0.1)
    }
  }

  @Test(arguments: ["sgd", "sgd-momentum", "sgd-nesterov", "adamw", "lion"])
  func followsTheReferenceTrajectory(name: String) throws {
    let goldens = try Goldens("optimizers", in: .module)
    var optimizer = Self.optimizer(name)
    var model = Affine(startOf: name, in: goldens)
    for step in 0..<Self.stepCount {
      optimizer.update(&model, along: Affine("slope", step: step, of: name, in: goldens))
      let expected = Affine("path", step: step, of: name, in: goldens)
      expectClose(model.weight.value, expected.weight.value, relative: 2e-6, absolute: 1e-6, "step \(step)")
      expectClose(model.bias.value, expected.bias.value, relative: 2e-6, absolute: 1e-6, "step \(step)")
    }
    #expect(optimizer.state.step == Self.stepCount)
  }

  @Test func clipsAsTheReferenceDoes() throws {
    let goldens = try Goldens("optimizers", in: .module)
    var optimizer = Self.optimizer("adamw-clipped")
    var model = Affine(startOf: "adamw-clipped", in: goldens)
    for (step, norm) in goldens.numbers("norms", of: "adamw-clipped").enumerated() {
      var gradient = Affine("slope", step: step, of: "adamw-clipped", in: goldens)
      expectClose(clipGlobalNorm(of: &gradient, to: 4), norm, relative: 1e-12)
      #expect(globalNorm(of: gradient) <= min(norm, 4) * (1 + 1e-6))
      optimizer.update(&model, along: gradient)
      expectClose(model.weight.value, Affine("path", step: step, of: "adamw-clipped", in: goldens).weight.value)
    }
  }

  @Test func aShortGradientIsNotClipped() {
    var gradient = Affine(weight: NDArray([2], [0.3, 0.4]), bias: NDArray([1], [0]))
    expectClose(clipGlobalNorm(of: &gradient, to: 1), 0.5, relative: 1e-7)
    #expect(gradient.weight.value.elements == [0.3, 0.4])
  }

  @Test(arguments: ["sgd", "sgd-momentum", "adamw", "lion"])
  func aRestoredStateContinuesBitForBit(name: String) throws {
    var generator = Generator(seed: 5)
    var slope: Affine {
      Affine(
        weight: generator.normalArray([3, 4], mean: 0, deviation: 1),
        bias: generator.normalArray([4], mean: 0, deviation: 1))
    }
    var (model, optimizer) = (slope, Self.optimizer(name))
    for _ in 0..<3 { optimizer.update(&model, along: slope) }
    var (otherModel, other) = (model, Self.optimizer(name))
    try other.state.restore(
      step: optimizer.state.step, arrays: optimizer.state.namedArrays(),
      for: [("weight", [3, 4]), ("bias", [4])])
    for _ in 0..<3 {
      let slope = slope
      optimizer.update(&model, along: slope)
      other.update(&otherModel, along: slope)
    }
    #expect(bits(of: model) == bits(of: otherModel))
  }

  @Test func namesItsArraysBySlotAndParameter() {
    var optimizer = AdamW(learningRate: 0.1)
    var model = Affine(weight: NDArray([1], [1]), bias: NDArray([1], [1]))
    #expect(optimizer.state.namedArrays().isEmpty)
    optimizer.update(&model, along: model)
    #expect(
      optimizer.state.namedArrays().map(\.name) == ["mean/bias", "mean/weight", "variance/bias", "variance/weight"])
  }

  @Test func aStateThatDoesNotFitIsRefused() {
    let one = NDArray([1], [1])
    func problem(step: Int, _ arrays: [(name: String, array: NDArray)]) -> String {
      var state = OptimizerState(slots: ["mean"])
      do throws(OptimizerStateError) {
        try state.restore(step: step, arrays: arrays, for: [("weight", [1])])
        return "fits"
      } catch {
        return "\(error)"
      }
    }
    let prefix = "the optimiser state does not fit the model: "
    #expect(problem(step: 2, [("mean/weight", one)]) == "fits")
    #expect(problem(step: 0, []) == "fits")
    #expect(problem(step: 2, []) == prefix + "it has no array 'mean/weight'")
    #expect(
      problem(step: 2, [("mean/weight", NDArray([2], [1, 1]))])
        == prefix + "array 'mean/weight' has shape [2], expected [1]")
    #expect(
      problem(step: 2, [("mean/weight", one), ("mean/bias", one)])
        == prefix + "array 'mean/bias' belongs to no parameter")
  }

  @Test func aGradientOfAnotherStructureStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var optimizer = SGD(learningRate: 1)
      var model = Affine(weight: NDArray([2], [1, 1]), bias: NDArray([1], [1]))
      optimizer.update(&model, along: Affine(weight: NDArray([1], [1]), bias: NDArray([1], [1])))
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("update: the gradient of 'weight' is [1], expected [2]"))
  }

  @Test func updatesWriteInPlace() {
    var optimizer = AdamW(learningRate: 0.1)
    var model = Affine(weight: NDArray([8], repeating: 1), bias: NDArray([1], [1]))
    let before = model.weight.value.withElements { UInt(bitPattern: $0.baseAddress) }
    optimizer.update(&model, along: Affine(weight: NDArray([8], repeating: 1), bias: NDArray([1], [1])))
    #expect(model.weight.value.withElements { UInt(bitPattern: $0.baseAddress) } == before)
  }
}
