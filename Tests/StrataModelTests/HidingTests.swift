import StrataModel
import StrataNeural
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

@Suite struct HidingTests {
  private func share(_ hiding: HidingConfiguration) -> (hidden: NDArray, share: Double) {
    var generator = Generator(seed: 9)
    let hidden = hiding.draw([200, 50, 4], using: &generator)
    return (hidden, hidden.total / Double(hidden.count))
  }

  @Test(arguments: [1, 3, 10]) func stepsAreHiddenInSpansAtTheirRate(span: Int) {
    let (hidden, share) = share(HidingConfiguration(steps: 0.3, span: span))
    #expect((share - 0.3).magnitude < 0.03)
    #expect(hidden.max(over: [2]).elements == hidden.mean(over: [2]).elements)
    // A span that starts inside the window and ends inside it is at least `span` long.
    let steps = hidden.max(over: [2]).elements
    for window in 0..<200 {
      let runs = steps[window * 50..<(window + 1) * 50].split(separator: 0)
      let inner = runs.filter { $0.startIndex > window * 50 && $0.endIndex < (window + 1) * 50 }
      #expect(inner.allSatisfy { $0.count >= span })
    }
    let first = hidden.slice(axis: 1, 0..<1).total / 800
    #expect((first - 0.3).magnitude < 0.1)
  }

  @Test func channelsAreHiddenForAWholeWindow() {
    let (hidden, share) = share(HidingConfiguration(steps: 0, channels: 0.2))
    #expect((share - 0.2).magnitude < 0.05)
    #expect(hidden.max(over: [1]).elements == hidden.mean(over: [1]).elements)
  }

  @Test func cellsAreHiddenOneByOne() {
    let (_, share) = share(HidingConfiguration(steps: 0, cells: 0.4))
    #expect((share - 0.4).magnitude < 0.01)
  }

  @Test func ratesCombine() {
    let (_, share) = share(HidingConfiguration(steps: 0.3, span: 4, channels: 0.2, cells: 0.1))
    #expect((share - (1 - 0.7 * 0.8 * 0.9)).magnitude < 0.04)
  }

  @Test func aHiddenSampleLooksLikeAMissingOne() throws {
    let values = NDArray([1, 5, 1], [1, 2, 3, 4, 5])
    let mask = NDArray([1, 5, 1], [1, 1, 0, 1, 1])
    func log1p(_ counts: [Float]) -> [Float] { log(NDArray([5], counts) + 1).elements }
    let delta = NDArray([1, 5, 1], log1p([0, 0, 1, 0, 0]))
    let windows = LayerWindows(layer: .data, values: values * mask, peers: -values * mask, mask: mask, delta: delta)
    let batch = WindowBatch(layers: [windows], origins: [WindowOrigin(run: 0, entity: "c0", end: 5)])
    var generator = Generator(seed: 1)
    let model = JointModel(
      try configuration("inputs=[value, peers, mask, delta]"), channels: [.data: 1], using: &generator)
    let input = model.encoderInput(of: batch, hiding: [NDArray([1, 5], [0, 1, 0, 0, 1])])
    let expected = NDArray([5, 4], [1, -1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 2, 4, -4, 1, 0, 0, 0, 0, 1])
    var columns = input.layers[0].reshaped([5, 4])
    columns.withMutableElements { elements in
      for row in 0..<5 { elements[row * 4 + 3] = exp(NDArray(scalar: elements[row * 4 + 3])).scalar - 1 }
    }
    expectClose(columns, expected)
    #expect(input.presence.elements == [1])
    #expect(model.encoderInput(of: batch, hiding: [NDArray([1, 5], repeating: 1)]).presence.elements == [0])
    #expect(model.encoderInput(of: batch).layers[0].reshaped([5, 4]).slice(axis: 1, 3..<4).elements == delta.elements)
  }

  @Test func countsThatBeganBeforeTheWindowGoOn() throws {
    let mask = NDArray([1, 3, 1], [0, 0, 1])
    let delta = log(NDArray([1, 3, 1], [2, 3, 0]) + 1)
    let windows = LayerWindows(layer: .data, values: mask, mask: mask, delta: delta)
    let batch = WindowBatch(layers: [windows], origins: [WindowOrigin(run: 0, entity: "c0", end: 5)])
    var generator = Generator(seed: 1)
    let model = JointModel(try configuration("inputs=[delta]"), channels: [.data: 1], using: &generator)
    let input = model.encoderInput(of: batch, hiding: [NDArray([1, 3, 1], [0, 0, 0])])
    expectClose(input.layers[0], delta)
  }

  @Test func modalityDropoutNeverDropsEveryLayer() throws {
    let model = try sampleModel("modalityDropout=0.9", "fusion={kind: late}")
    let batch = sampleBatch(count: 50, absent: [.physical: Array(0..<10)])
    var context = ForwardContext.training(seed: 1)
    let output = model(batch, in: &context)
    let weights = output.weights!.value
    expectClose(weights.sum(over: [1]), NDArray([50], repeating: 1))
    #expect(weights.slice(axis: 1, 0..<1).rows(0..<10).total == 0)
    let kept = weights.isGreater(than: 0).total / 140
    #expect(kept > 0.3 && kept < 0.6)  // a tenth by chance, and one per window
    #expect(output.presence.total == 140)
    var inference = ForwardContext.inference
    #expect(model(batch, in: &inference).weights!.value.isGreater(than: 0).total == 140)
  }
}
