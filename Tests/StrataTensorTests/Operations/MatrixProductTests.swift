import StrataTensor
import TestSupport
import Testing

@Suite struct MatrixProductTests {
  let goldens: GoldenOperations
  init() throws { goldens = try GoldenOperations("products") }

  @Test(arguments: ["plain", "batched", "sharedRight", "sharedLeft"])
  func matchesReferenceValues(batch: String) {
    for (transposeA, transposeB) in [(false, false), (false, true), (true, false), (true, true)] {
      goldens.expect("matmul.\(batch).\(transposeA ? 1 : 0)\(transposeB ? 1 : 0)", absolute: 4e-6, step: 5e-3) {
        matmul($0["a"], $0["b"], transposeA: transposeA, transposeB: transposeB)
      }
    }
  }

  /// Every small shape, and shapes around the widths of the kernels, against a sum in double precision.
  @Test func everyShapeAgreesWithTheDefinition() {
    var generator = Generator(seed: 5)
    let extents = [1, 2, 3, 5, 8, 13, 16, 17, 31, 33, 48, 64, 65]
    for m in extents {
      for n in extents {
        for (k, transposeA, transposeB) in [(7, false, false), (33, false, true), (20, true, false), (1, true, true)] {
          let a = generator.normalArray(transposeA ? [k, m] : [m, k])
          let b = generator.normalArray(transposeB ? [n, k] : [k, n])
          let c = matmul(a, b, transposeA: transposeA, transposeB: transposeB).elements
          let (x, y) = (a.elements, b.elements)
          var worst = 0.0
          for i in 0..<m {
            for j in 0..<n {
              var exact = 0.0
              for l in 0..<k {
                exact += Double(x[transposeA ? l * m + i : i * k + l]) * Double(y[transposeB ? j * k + l : l * n + j])
              }
              worst = max(worst, (Double(c[i * n + j]) - exact).magnitude)
            }
          }
          #expect(worst < 2e-5, "[\(m), \(k)] by [\(k), \(n)]")
        }
      }
    }
  }

  @Test func emptyProducts() {
    #expect(matmul(NDArray([2, 0], []), NDArray([0, 3], [])).elements == [0, 0, 0, 0, 0, 0])
    #expect(matmul(NDArray([0, 2], []), NDArray([2, 3], repeating: 1)).shape == [0, 3])
    #expect(matmul(NDArray([0, 2, 2], []), NDArray([2, 3], repeating: 1)).shape == [0, 2, 3])
    let gradient = valueAndGradient(at: Tensor(NDArray([2, 3], repeating: 1))) {
      matmul(Tensor(NDArray([0, 4, 2], [])), $0).sum()
    }.gradient
    #expect(gradient.value.elements == [0, 0, 0, 0, 0, 0])
  }

  static let mistakes: [String: @Sendable () -> Void] = [
    "matmul: inner dimensions differ: [2, 3] and [4, 2]": {
      _ = matmul(NDArray([2, 3], repeating: 0), NDArray([4, 2], repeating: 0))
    },
    "matmul: inner dimensions differ: [2, 3] transposed and [3, 2]": {
      _ = matmul(NDArray([2, 3], repeating: 0), NDArray([3, 2], repeating: 0), transposeA: true)
    },
    "matmul: batch axes differ: [2, 3, 4] and [3, 4, 5]": {
      _ = matmul(NDArray([2, 3, 4], repeating: 0), NDArray([3, 4, 5], repeating: 0))
    },
    "matmul: [3] and [3, 2] are not both matrices": {
      _ = matmul(NDArray([3], repeating: 0), NDArray([3, 2], repeating: 0))
    },
  ]

  @Test(arguments: mistakes.keys) func mistakesStop(message: String) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [message] in
      Self.mistakes[message]!()
    }
    expectMessage(message, from: result)
  }
}
