import StrataDiagnosis
import StrataTelemetry
import StrataTensor
import Testing

/// Whoever differs from the others is suspected, not whoever is loudest.
@Suite struct SuspectTests {
  private let run = Run(name: "run", start: 0, interval: 1, sampleCount: 20, layers: [])

  /// Ten samples from the tenth on, every one with the same contributions.
  private func series(_ entity: EntityPath, _ contributions: [Float]?, score: Float = 1) -> ScoreSeries {
    ScoreSeries(
      run: 0, entity: entity, samples: 10..<20, scores: [Float](repeating: score, count: 10),
      contributions: contributions.map { row in
        NDArray([10, row.count], Array(repeatElement(row, count: 10).joined()))
      })
  }

  @Test func whatAllShareCancels() {
    // Everybody shows 9 in the first channel, a little more than the culprit; only the culprit shows the second one.
    let scored = [
      series("c/gpu0", [9, 0]), series("c/gpu1", [8, 3]), series("c/gpu2", [9, 0]), series("c/gpu3", [9, 0]),
    ]
    let suspects = Suspect.ranking(scored, during: 12..<15, in: run)
    #expect(suspects.map(\.entity) == ["c/gpu1", "c/gpu0", "c/gpu2", "c/gpu3"])
    #expect(suspects[0].excess == [0, 3] && suspects[0].strength == 3)
    #expect(suspects[1].excess == [0.25, 0])
  }

  @Test func culpritsMayBeMany() {
    let scored = [
      series("c/gpu0", [5]), series("c/gpu1", [1]), series("c/gpu2", [5]), series("c/gpu3", [1]),
      series("c/gpu4", [5]),
    ]
    let suspects = Suspect.ranking(scored, during: 10..<20, in: run)
    #expect(suspects.map(\.strength) == [4, 4, 4, 0, 0])
    #expect(suspects.prefix(3).map(\.entity) == ["c/gpu0", "c/gpu2", "c/gpu4"])
  }

  @Test func onlyEntitiesOfOneRoleArePeers() {
    let scored = [
      series("c/host0", [7]), series("c/gpu0", [1]), series("c/gpu1", [1]), series("c/gpu2", [1]),
    ]
    let suspects = Suspect.ranking(scored, during: 10..<20, in: run)
    #expect(suspects[0] == Suspect(entity: "c/host0", strength: 7, excess: [7]))
    #expect(suspects.dropFirst().allSatisfy { $0.strength == 0 })
  }

  @Test func scoresDecideWhereNoChannelsAreNamed() {
    let scored = [series("c/gpu0", nil, score: 1), series("c/gpu1", nil, score: 4), series("c/gpu2", nil, score: 2)]
    let suspects = Suspect.ranking(scored, during: 0..<11, in: run)
    #expect(suspects.map(\.strength) == [4, 2, 1] && suspects[0].excess.isEmpty)
    #expect(Suspect.ranking(scored, during: 0..<10, in: run).isEmpty)
  }
}
