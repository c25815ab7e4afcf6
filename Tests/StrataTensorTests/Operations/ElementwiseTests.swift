import StrataTensor
import TestSupport
import Testing

@Suite struct ElementwiseTests {
  let goldens: GoldenOperations
  init() throws { goldens = try GoldenOperations("elementwise") }

  @Test(arguments: ["same", "scalar", "row", "column", "leading", "outer", "middle"])
  func arithmeticBroadcasts(shapes: String) {
    goldens.expect("add.\(shapes)", step: 5e-3) { $0["a"] + $0["b"] }
    goldens.expect("subtract.\(shapes)", step: 5e-3) { $0["a"] - $0["b"] }
    goldens.expect("multiply.\(shapes)", step: 5e-3) { $0["a"] * $0["b"] }
    goldens.expect("divide.\(shapes)", step: 1e-3) { $0["a"] / $0["b"] }
  }

  @Test func scalarsCombineFromBothSides() {
    goldens.expect("scalars", step: 5e-3) { 2 - (1.5 * ($0["x"] + 3) - 1) / 4 + 2 / ($0["x"] + 5) }
  }

  @Test func extremaShareTheGradientOfEqualElements() {
    goldens.expect("maximum") { maximum($0["a"], $0["b"]) }
    goldens.expect("minimum") { minimum($0["a"], $0["b"]) }
  }

  @Test func exponentialsAndLogarithms() {
    goldens.expect("exp", relative: 4e-7, absolute: 1e-37) { exp($0["x"]) }
    goldens.expect("log", relative: 3e-7, absolute: 0) { log($0["x"]) }
    goldens.expect("sqrt", relative: 2e-7, absolute: 0) { sqrt($0["x"]) }
    goldens.expect("square", relative: 2e-7, absolute: 0) { square($0["x"]) }
    goldens.expect("abs", relative: 0, absolute: 0) { abs($0["x"]) }
  }

  @Test func activationsOverTheirWholeRange() {
    goldens.expect("tanh", relative: 1e-6, absolute: 1e-7) { tanh($0["x"]) }
    goldens.expect("sigmoid", relative: 1e-6, absolute: 1e-7) { sigmoid($0["x"]) }
    goldens.expect("softplus", relative: 1e-6, absolute: 1e-37) { softplus($0["x"]) }
    goldens.expect("relu", relative: 0, absolute: 0) { relu($0["x"]) }
    goldens.expect("silu", relative: 1e-6, absolute: 1e-7) { silu($0["x"]) }
    goldens.expect("gelu.exact", relative: 1e-6, absolute: 1e-6) { gelu($0["x"]) }
    goldens.expect("gelu.tanh", relative: 1e-6, absolute: 1e-6) { gelu($0["x"], approximation: .tanh) }
  }

  @Test(arguments: [
    "exp", "tanh", "sigmoid", "softplus", "relu", "silu", "gelu.exact", "gelu.tanh", "square", "abs", "maximum",
    "minimum",
    "log", "sqrt",
  ])
  func gradientsMatchFiniteDifferences(name: String) {
    let x = Tensor(NDArray([6], [0.3, 0.8, 1.1, 1.7, 2.2, 2.9]))
    for sign: Float in name == "log" || name == "sqrt" ? [1] : [1, -1] {
      expectGradient(
        of: { x in
          switch name {
          case "exp": exp(x).sum()
          case "tanh": tanh(x).sum()
          case "sigmoid": sigmoid(x).sum()
          case "softplus": softplus(x).sum()
          case "relu": relu(x).sum()
          case "silu": silu(x).sum()
          case "gelu.exact": gelu(x).sum()
          case "gelu.tanh": gelu(x, approximation: .tanh).sum()
          case "square": square(x).sum()
          case "abs": (abs(x) * x).sum()
          case "maximum": square(maximum(x, Tensor(NDArray([1], [1.4])))).sum()
          case "minimum": square(minimum(x, Tensor(NDArray([1], [1.4])))).sum()
          case "log": log(x).sum()
          default: sqrt(x).sum()
          }
        }, at: x * sign)
    }
  }

  @Test func comparisonsAnswerWithZerosAndOnes() {
    let a = NDArray([2, 3], [1, 2, 3, .nan, 5, -0.0]), b = NDArray([3], [2, 2, 0])
    #expect(a.isGreater(than: b).elements == [0, 0, 1, 0, 1, 0])
    #expect(a.isLess(than: b).elements == [1, 0, 0, 0, 0, 0])
    #expect(a.isEqual(to: b).elements == [0, 1, 0, 0, 0, 1])
    #expect(a.isGreater(than: 2).elements == [0, 0, 1, 0, 1, 0])
    #expect(a.isLess(than: 2).elements == [1, 0, 0, 0, 0, 1])
    #expect(a.isEqual(to: 0).elements == [0, 0, 0, 0, 0, 1])
  }

  @Test func infinitiesAndNotANumberPassThrough() {
    let x = NDArray([3], [.infinity, -.infinity, .nan])
    #expect(exp(x).elements.prefix(2) == [.infinity, 0] && exp(x)[2].isNaN)
    #expect(tanh(x).elements.prefix(2) == [1, -1] && tanh(x)[2].isNaN)
    #expect(sigmoid(x).elements.prefix(2) == [1, 0] && sigmoid(x)[2].isNaN)
    #expect(softplus(x).elements.prefix(2) == [.infinity, 0] && softplus(x)[2].isNaN)
    #expect(
      log(NDArray([4], [0, -1, .infinity, .nan])).elements.map { $0.isNaN ? 0 : $0 } == [-.infinity, 0, .infinity, 0])
    #expect(exp(NDArray([2], [89, -104])).elements == [.infinity, 0])
  }
}
