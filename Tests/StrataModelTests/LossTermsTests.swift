import StrataModel
import StrataNeural
import StrataTensor
import TestSupport
import Testing

@Suite struct LossTermsTests {
  struct Terms: LossTerms {
    var rows: Tensor
    var mean: MeanTerm
    var extra: Tensor?

    mutating func forEachTensor(_ visit: TermVisitor) rethrows {
      try visit(&rows, .rows)
      try mean.forEachTensor(visit)
      if extra != nil { try visit(&extra!, .rows) }
    }
  }

  private static func slice(_ rows: [Float], mean: Float, weight: Double) -> Terms {
    Terms(
      rows: Tensor(NDArray([rows.count, 1], rows)), mean: MeanTerm(of: Tensor(NDArray(scalar: mean)), weight: weight))
  }

  @Test func rowsFollowOneAnotherAndSumsAreAddedUp() {
    let batch = Terms.joined([
      Self.slice([1, 2], mean: 3, weight: 2), Self.slice([3], mean: 6, weight: 1), Self.slice([], mean: 0, weight: 0),
    ])
    #expect(batch.rows.value.elements == [1, 2, 3] && batch.rows.shape == [3, 1])
    #expect(batch.mean.mean?.value.scalar == 4)
  }

  @Test func aMeanOverNothingIsNone() {
    #expect(MeanTerm.empty.mean == nil)
    #expect(Terms.joined([Self.slice([], mean: 0, weight: 0), Self.slice([], mean: 0, weight: 0)]).mean.mean == nil)
  }

  @Test func gradientsFlowThroughJoinedTerms() {
    expectGradient(
      of: { x in
        let slices = [0..<2, 2..<3].map { range in
          let rows = x.rows(range)
          return Terms(rows: rows, mean: MeanTerm(of: square(rows).mean(), weight: Double(range.count)))
        }
        let batch = Terms.joined(slices)
        return (batch.rows * batch.rows.mean()).sum() + batch.mean.mean!
      }, at: Tensor(NDArray([3, 2], [1, -2, 3, 0.5, 2, 1])))
  }

  @Test func detachedTermsAreConstants() {
    _ = valueAndGradient(at: Tensor(NDArray([1, 1], [2]))) { x in
      let terms = Terms(rows: x, mean: MeanTerm(of: x.sum(), weight: 1))
      #expect(terms.tensors[0].isTracked && terms.detached.tensors.allSatisfy { !$0.isTracked })
      return x
    }
  }

  static let mistakes: [String: @Sendable () -> Void] = [
    "LossTerms: no slices to join": { _ = Terms.joined([]) },
    "LossTerms: the slices have different terms": {
      var other = slice([1], mean: 0, weight: 1)
      other.extra = other.rows
      _ = Terms.joined([slice([1], mean: 0, weight: 1), other])
    },
  ]

  @Test(arguments: mistakes.keys) func mistakesStop(message: String) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [message] in
      Self.mistakes[message]!()
    }
    expectMessage(message, from: result)
  }
}
