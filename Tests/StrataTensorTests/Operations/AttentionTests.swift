import StrataTensor
import TestSupport
import Testing

@Suite struct AttentionTests {
  let goldens: GoldenOperations
  init() throws { goldens = try GoldenOperations("attentions") }

  @Test(arguments: [
    ("attention", 2, false), ("attention.causal", 3, true), ("attention.masked", 2, false),
    ("attention.causalMasked", 1, true), ("attention.cross", 2, false), ("attention.cached", 2, true),
  ])
  func matchesReferenceValues(name: String, heads: Int, causal: Bool) {
    let mask = name.contains("asked") ? goldens.constant("mask", of: name) : nil
    goldens.expect(name, absolute: 4e-6, step: 2e-3) {
      attention(query: $0["query"], key: $0["key"], value: $0["value"], heads: heads, causal: causal, keyMask: mask)
    }
  }

  @Test func aQueryThatSeesNothingReturnsZerosAndSendsNoGradient() {
    var generator = Generator(seed: 4)
    let x = Tensor(generator.normalArray([1, 3, 4]))
    let mask = NDArray([1, 3], [0, 1, 1])
    let (value, gradient) = valueAndGradient(at: x) { x in
      attention(query: x, key: Tensor(x.value), value: Tensor(x.value), heads: 2, causal: true, keyMask: mask)
        .slice(axis: 1, 0..<1).sum()
    }
    #expect(value == 0)
    #expect(gradient.value.elements == [Float](repeating: 0, count: 12))
  }

  static let mistakes: [String: @Sendable () -> Void] = [
    "attention: query [1, 2, 4], key [1, 2, 6] and value [1, 2, 6] do not fit": {
      let (q, k) = (NDArray([1, 2, 4], repeating: 0), NDArray([1, 2, 6], repeating: 0))
      _ = attention(query: q, key: k, value: k, heads: 2)
    },
    "attention: 3 heads do not divide width 4": {
      let x = NDArray([1, 2, 4], repeating: 0)
      _ = attention(query: x, key: x, value: x, heads: 3)
    },
    "attention: key mask [2, 2] does not fit key [1, 2, 4]": {
      let x = NDArray([1, 2, 4], repeating: 0)
      _ = attention(query: x, key: x, value: x, heads: 2, keyMask: NDArray([2, 2], repeating: 1))
    },
    "attention: causal with 3 queries for 2 keys": {
      let (q, k) = (NDArray([1, 3, 4], repeating: 0), NDArray([1, 2, 4], repeating: 0))
      _ = attention(query: q, key: k, value: k, heads: 2, causal: true)
    },
  ]

  @Test(arguments: mistakes.keys) func mistakesStop(message: String) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [message] in
      Self.mistakes[message]!()
    }
    expectMessage(message, from: result)
  }
}
