import StrataDiagnosis
import StrataTelemetry
import StrataTensor
import Testing

/// Whoever differs from the others is suspected, not whoever is loudest.
@Suite struct EvidenceTests {
  private let run = Run(name: "run", start: 0, interval: 1, sampleCount: 20, layers: [])
  private let channels = [
    ChannelReference(layer: .physical, channel: Channel(name: "heat", meaning: .heat)),
    ChannelReference(layer: .compute, channel: Channel(name: "work", meaning: .work)),
  ]

  /// Ten samples from the tenth on, every one with the same contributions.
  private func series(_ entity: EntityPath, _ contributions: [Float]) -> ScoreSeries {
    ScoreSeries(
      run: 0, entity: entity, samples: 10..<20, scores: [Float](repeating: 1, count: 10),
      contributions: NDArray([10, 2], Array(repeatElement(contributions, count: 10).joined())), channels: channels)
  }

  @Test func whatAllShareCancels() {
    // Everybody shows 9 in the first channel, a little more than the culprit; only the culprit shows the second one.
    let scored = [
      series("c/gpu0", [9, 0]), series("c/gpu1", [8, 3]), series("c/gpu2", [9, 0]), series("c/gpu3", [9, 0]),
    ]
    let evidence = Evidence(scored, during: 12..<15, in: run)
    #expect(evidence.entities.map(\.entity) == ["c/gpu1", "c/gpu0", "c/gpu2", "c/gpu3"])
    #expect(evidence.entities[0].channels.map(\.name) == ["work"] && evidence.entities[0].channels[0].excess == 3)
    #expect(evidence.entities[1].channels.map(\.excess) == [0.25])
  }

  @Test func culpritsMayBeMany() {
    let scored = (0..<5).map { series(EntityPath(["c", "gpu\($0)"]), [$0 % 2 == 0 ? 5 : 1, 0]) }
    let evidence = Evidence(scored, during: 10..<20, in: run)
    #expect(evidence.entities.map(\.entity) == ["c/gpu0", "c/gpu2", "c/gpu4"])
  }

  @Test func onlyEntitiesOfOneRoleArePeers() {
    let scored = [
      series("c/host0", [7, 0]), series("c/gpu0", [1, 0]), series("c/gpu1", [1, 0]), series("c/gpu2", [1, 0]),
    ]
    let evidence = Evidence(scored, during: 10..<20, in: run)
    #expect(evidence.entities.map(\.entity) == ["c/host0"] && evidence.entities[0].role == "host")
  }

  @Test func timeWithoutScoresHasNoEvidence() {
    #expect(Evidence([series("c/gpu0", [7, 0])], during: 0..<10, in: run).entities.isEmpty)
  }
}
