import Foundation
import StrataTelemetry
import StrataTensor
import Testing

@Suite struct RunTests {
  @Test func layersAreInOrderAndFoundByName() {
    let run = sampleRun()
    #expect(run.layers.map(\.layer) == [.physical, .compute])
    #expect(run[.physical]?.channels.map(\.name) == ["temperature", "power", "ecc", "xid"])
    #expect(run[.data] == nil)
    #expect(run.entities == ["c0/host0", "c0/host0/gpu0", "c0/host0/gpu1", "c0/höst1"])
    #expect(run.time(of: 3) == 1_700_000_001.75)
    #expect(TelemetryLayer.allCases.sorted() == [.physical, .data, .compute, .application])
  }

  @Test func aSeriesIsOneChannelOfOneEntity() {
    let series = LayerSeries(
      layer: .data, entities: ["a", "b"], channels: [Channel(name: "x"), Channel(name: "y")],
      values: NDArray([3, 2, 2], (0..<12).map(Float.init)))
    #expect(series.series(entity: 0, channel: 1) == [1, 5, 9])
    #expect(series.series(entity: 1, channel: 0) == [2, 6, 10])
    #expect(series.selecting(samples: 1..<3).series(entity: 1, channel: 1) == [7, 11])
  }

  @Test func selectingMovesTheClockTheLabelsAndTheSplit() {
    let run = sampleRun()
    let part = run.selecting(samples: 2..<7)
    #expect(part.sampleCount == 5 && part.start == run.time(of: 2))
    #expect(part.labels.map(\.interval) == [4..<5, 0..<1])
    #expect(part.labels.map(\.kind) == run.labels.map(\.kind))
    #expect(part.split == RunSplit(trainingEnd: 3))
    #expect(run.selecting(samples: 0..<1).labels == [])
    #expect(run.selecting(samples: 8..<10).split == RunSplit(trainingEnd: 0))
    #expect(run.selecting(samples: 0..<2).split == RunSplit(trainingEnd: 2))
    #expect(areEqual(run.selecting(samples: 0..<10), run))
    #expect(areEqual(part.selecting(samples: 1..<4), run.selecting(samples: 3..<6)))
  }

  @Test func labelsSurviveJSON() throws {
    let labels = sampleRun().labels
    #expect(try JSONDecoder().decode([FaultLabel].self, from: JSONEncoder().encode(labels)) == labels)
  }

  @Test func layersOfDifferentLengthStop() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Run(name: "x", start: 0, interval: 1, sampleCount: 9, layers: sampleRun().layers)
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("Run: layer physical has 10 samples, expected 9"))
  }

  @Test func valuesOfAnotherShapeStop() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LayerSeries(layer: .data, entities: ["a"], channels: [], values: NDArray([2, 1, 1], repeating: 0))
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("LayerSeries: values of shape [2, 1, 1] are not [time, 1, 0]"))
  }

  @Test func anEntityThatAppearsTwiceStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LayerSeries(layer: .data, entities: ["a", "a"], channels: [], values: NDArray([2, 2, 0], []))
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("LayerSeries: an entity of layer data appears twice"))
  }
}
