import StrataTelemetry
import StrataTensor
import Testing

@Suite struct RunGatheringTests {
  /// Two ranks on two hosts, a job, an idle device; three channels, of which each kind of entity has one.
  private static let run: Run = {
    let entities: [EntityPath] = ["c/h0/gpu0", "c/h1/gpu0", "c/h1/gpu1", "c/h0", "c/h1", "c/job"]
    let missing = Float.nan
    let rows: [Float] = [
      1, missing, missing, 2, missing, missing, 3, missing, missing, missing, 10, missing, missing, 20, missing,
      missing, missing, 100,
    ]
    let values = NDArray([2, 6, 3], rows + rows.map { $0 + 0.5 })
    let channels = ["own", "hosts", "jobs"].map { Channel(name: $0) }
    return Run(
      name: "r", start: 0, interval: 1, sampleCount: 2,
      layers: [LayerSeries(layer: .compute, entities: entities, channels: channels, values: values)],
      labels: [FaultLabel(kind: "f", entity: "c/h1", interval: 0..<1)],
      topology: [
        "c/h0/gpu0": ["rank": "0", "job": "c/job"], "c/h1/gpu0": ["rank": "1", "job": "c/job"],
        "c/h1/gpu1": ["role": "gpu"],
      ])
  }()

  @Test func ranksSeeTheirHostAndTheirJob() throws {
    let gathered = Self.run.gatheredAtRanks()
    let layer = try #require(gathered[.compute])
    #expect(layer.entities == ["c/h0/gpu0", "c/h1/gpu0"])
    #expect(layer.channels.map(\.name) == ["own", "hosts", "jobs"])
    #expect(layer.values.elements == [1, 10, 100, 2, 20, 100, 1.5, 10.5, 100.5, 2.5, 20.5, 100.5])
    #expect(gathered.labels == Self.run.labels && gathered.topology == Self.run.topology)
  }

  @Test func runWithoutRanksStaysAsItIs() {
    let run = Self.run
    let plain = Run(
      name: "r", start: 0, interval: 1, sampleCount: 2, layers: run.layers, labels: [], topology: [:])
    #expect(plain.gatheredAtRanks().entities == plain.entities)
  }
}
