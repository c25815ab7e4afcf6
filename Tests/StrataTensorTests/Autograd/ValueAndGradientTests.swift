import Foundation
import StrataTensor
import Synchronization
import TestSupport
import Testing

@Suite struct ValueAndGradientTests {
  @Test func sharedValuesAccumulate() {
    let (value, gradient) = valueAndGradient(at: Tensor(NDArray([2], [3, 4]))) { x in (x * x + x).sum() }
    #expect(value == 32)
    #expect(gradient.value.elements == [7, 9])
  }

  @Test func anUnusedParameterHasAGradientOfZeros() {
    let inputs = GoldenInputs(tensors: [
      "used": Tensor(NDArray([1], [2])), "unused": Tensor(NDArray([2, 2], repeating: 1)),
    ])
    let gradient = valueAndGradient(at: inputs) { $0["used"] * 3 }.gradient
    #expect(gradient["used"].value.elements == [3])
    #expect(gradient["unused"].value.elements == [0, 0, 0, 0] && gradient["unused"].shape == [2, 2])
  }

  @Test func aConstantLossHasNoGradient() {
    let (value, gradient) = valueAndGradient(at: Tensor(NDArray([2], [3, 4]))) { _ in Tensor(NDArray(scalar: 5)) }
    #expect(value == 5 && gradient.value.elements == [0, 0])
  }

  @Test func theParameterItselfMayBeTheLoss() {
    let gradient = valueAndGradient(at: Tensor(NDArray([1, 1], [3]))) { $0 }.gradient
    #expect(gradient.value.elements == [1] && gradient.shape == [1, 1])
  }

  @Test func nothingIsTrackedOutside() {
    let x = Tensor(NDArray([2], [3, 4]))
    #expect(!(x * x).isTracked)
    _ = valueAndGradient(at: x) { y in
      #expect((y * x).isTracked && !(x * x).isTracked)
      return y.sum()
    }
  }

  @Test func differentiationsNest() {
    let gradient = valueAndGradient(at: Tensor(NDArray([1], [3]))) { x in
      let inner = valueAndGradient(at: Tensor(x.value)) { y in (y * y).sum() }.gradient
      return x * inner
    }.gradient
    #expect(gradient.value.elements == [6])
  }

  @Test func aDeepGraphIsSweptWithoutRecursion() {
    let one = Tensor(NDArray([1], [1]))
    let (_, gradient) = valueAndGradient(at: one) { x in
      var y = x
      for _ in 0..<200_000 { y = y + one }
      return y.sum()
    }
    #expect(gradient.value.elements == [1])
  }

  @Test func aDeepGraphThatIsThrownAwayIsFreedWithoutRecursion() {
    let one = Tensor(NDArray([1], [1]))
    let (value, _) = valueAndGradient(at: one) { x in
      var y = x
      for _ in 0..<200_000 { y = y + one }
      return one.sum()
    }
    #expect(value == 1)
  }

  @Test func branchesOfOneGraphMayBeRecordedConcurrently() {
    let x = Tensor(NDArray([16], repeating: 2))
    let (_, gradient) = valueAndGradient(at: x) { x in
      let branches = Mutex<[Tensor]>([])
      DispatchQueue.concurrentPerform(iterations: 8) { _ in
        var y = x
        for _ in 0..<50 { y = y + x }
        let branch = (y * x).sum()
        branches.withLock { $0.append(branch) }
      }
      return branches.withLock { $0.dropFirst().reduce($0[0], +) }
    }
    #expect(gradient.value.elements == [Float](repeating: 8 * 51 * 2 * 2, count: 16))
  }

  @Test func errorsOfTheLossPassThrough() {
    struct Failure: Error {}
    #expect(throws: Failure.self) {
      try valueAndGradient(at: Tensor(NDArray([1], [1]))) { _ throws(Failure) -> Tensor in throw Failure() }
    }
  }

  static let mistakes: [String: @Sendable () -> Void] = [
    "valueAndGradient: the loss has shape [2], expected one element": {
      _ = valueAndGradient(at: Tensor(NDArray([2], [1, 2]))) { $0 }
    },
    "+: the inputs belong to two different differentiations": {
      _ = valueAndGradient(at: Tensor(NDArray([1], [1]))) { x in
        _ = valueAndGradient(at: Tensor(NDArray([1], [2]))) { y in x + y }
        return x
      }
    },
    "twice: the joint pullback returned 1 gradients": {
      _ = valueAndGradient(at: Tensor(NDArray([1], [1]))) { x in
        Tensor(x.value, "twice", from: [x, x]) { upstream, _ in [upstream] }
      }
    },
    "accumulate: shapes [1] and [2] differ": {
      _ = valueAndGradient(at: Tensor(NDArray([1], [1]))) { x in
        x + Tensor(x.value, "wrong", from: .input(x) { _ in NDArray([2], repeating: 1) })
      }
    },
  ]

  @Test(arguments: mistakes.keys) func mistakesStop(message: String) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [message] in
      Self.mistakes[message]!()
    }
    expectMessage(message, from: result)
  }
}
