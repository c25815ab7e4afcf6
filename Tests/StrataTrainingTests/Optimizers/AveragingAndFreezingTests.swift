import Foundation
import StrataTensor
import StrataTraining
import TestSupport
import Testing

@Suite struct AveragingAndFreezingTests {
  @Test func theAverageFollowsTheReference() throws {
    let goldens = try Goldens("optimizers", in: .module)
    var model = Affine(startOf: "average", in: goldens)
    var (average, optimizer) = (ExponentialMovingAverage(of: model, decay: 0.9), SGD(learningRate: 0.1))
    for step in 0..<OptimizerTests.stepCount {
      optimizer.update(&model, along: Affine("slope", step: step, of: "average", in: goldens))
      average.update(with: model)
      let expected = Affine("path", step: step, of: "average", in: goldens)
      expectClose(average.model.weight.value, expected.weight.value, relative: 2e-6, absolute: 1e-6)
      expectClose(average.model.bias.value, expected.bias.value, relative: 2e-6, absolute: 1e-6)
    }
    #expect(average.updateCount == OptimizerTests.stepCount)
  }

  @Test func frozenParametersStayAndAreNotDifferentiated() {
    let start = Affine(weight: NDArray([2], [1, 2]), bias: NDArray([1], [3]))
    var model = TrainableParameters(of: start, freezing: ["wei"])
    var seen: [String] = []
    model.forEachParameter { name, _ in seen.append(name) }
    #expect(seen == ["bias"])
    let (value, gradient) = valueAndGradient(at: model) { model in
      #expect(!model.base.weight.isTracked)
      return model.base.weight.sum() * model.base.bias
    }
    #expect(value == 9)
    #expect(gradient.base.bias.value.elements == [3])
    var optimizer = AdamW(learningRate: 0.1)
    optimizer.update(&model, along: gradient)
    #expect(model.base.weight.value.elements == [1, 2])
    #expect(model.base.bias.value.elements != [3])
    #expect(optimizer.state.namedArrays().map(\.name) == ["mean/bias", "variance/bias"])
  }
}
