import StrataTelemetry
import StrataTensor
import Testing

/// Mistakes of the program stop with a message that says what was wrong.
@Suite struct WindowGuardTests {
  private func expect(_ result: ExitTest.Result?, toSay text: String, sourceLocation: SourceLocation = #_sourceLocation)
  {
    let said = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(said.contains(text), sourceLocation: sourceLocation)
  }

  @Test func windowsOfNoLengthStop() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = WindowSpecification(length: 0, stride: 1)
    }
    expect(result, toSay: "WindowSpecification: length 0 and stride 1 must be positive")
  }

  @Test func scalesWithoutABoundStop() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = RobustScale.Options(bound: 0)
    }
    expect(result, toSay: "RobustScale: bound 0.0 and absoluteFloor 0.001 must be positive, the shares not negative")
  }

  @Test func fractionsOutOfRangeStop() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try DataSplits.byTime([], embargo: 1, validationFraction: 1)
    }
    expect(result, toSay: "DataSplits.byTime: fractions 1.0 of training and 0.5 of a run are out of range")
  }

  @Test func aNegativeEmbargoStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try DataSplits.byTime([], embargo: -1)
    }
    expect(result, toSay: "DataSplits.byTime: embargo -1 is negative")
  }

  @Test func entitiesChosenTwiceStop() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try DataSplits.byEntity([makeWalks(samples: 5)], validation: ["c0/host1"], test: ["c0"])
    }
    expect(result, toSay: "DataSplits.byEntity: 'c0/host1' is chosen for validation and for test")
  }

  @Test func arraysOfDifferentShapesStop() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let zeros = NDArray([1, 2, 3], repeating: 0)
      _ = LayerWindows(layer: .data, values: zeros, mask: zeros, delta: NDArray([1, 2, 2], repeating: 0))
    }
    expect(result, toSay: "LayerWindows: delta of shape [1, 2, 2], values of shape [1, 2, 3]")
  }

  @Test func windowsOfDifferentCountsStop() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let zeros = NDArray([2, 2, 3], repeating: 0)
      _ = WindowBatch(
        layers: [LayerWindows(layer: .data, values: zeros, mask: zeros, delta: zeros)],
        origins: [WindowOrigin(run: 0, entity: "c0", end: 2)])
    }
    expect(result, toSay: "WindowBatch: data has shape [2, 2, 3], expected [1, 2, channel]")
  }

  @Test func stretchesOutsideTheContextStop() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let splits = try DataSplits.byTime([makeWalks(samples: 50)], embargo: 4)
      let set = try WindowSet(
        splits.training, scale: RobustScale(fitting: splits.training),
        specification: WindowSpecification(length: 4, stride: 1))
      _ = set.stretch(0..<40, ofSegment: 0)
    }
    expect(result, toSay: "WindowSet.stretch: samples 0..<40 are not inside 0..<12")
  }

  @Test func batchesOfNothingStop() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let splits = try DataSplits.byTime([makeWalks(samples: 50)], embargo: 4)
      let set = try WindowSet(
        splits.training, scale: RobustScale(fitting: splits.training),
        specification: WindowSpecification(length: 4, stride: 1))
      _ = set.batches(of: 0)
    }
    expect(result, toSay: "WindowSet.batches: size 0 must be positive")
  }

  @Test func tooLittleRoomForNumbersStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var reader = try CSVReader(Array("a,b\n1,2\n".utf8), source: "t")
      _ = try reader.advance()
      try reader.numbers(into: UnsafeMutableBufferPointer(start: nil, count: 0))
    }
    expect(result, toSay: "CSVReader: room for 0 of 2 numbers")
  }

  @Test func quotesAreNoSeparators() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var options = CSVReader.Options()
      options.separator = UInt8(ascii: "\"")
      _ = try CSVReader([], source: "t", options: options)
    }
    expect(result, toSay: "the separator cannot be a quote or a line end")
  }
}
