import StrataTelemetry
import StrataTensor
import Testing

@Suite struct TelemetryExclusionTests {
  private let run = sampleRun()

  @Test func entitiesGoWithAllInsideThem() throws {
    let exclusion = try TelemetryExclusion(["c0/host0", "physical/ecc"], in: [run.metadata])
    #expect(exclusion.entities == ["c0/host0"] && exclusion.channels == ["physical/ecc"])
    #expect("\(exclusion)" == "'c0/host0', 'physical/ecc'")
    let left = exclusion.applied(to: run)
    #expect(left.layers.map(\.layer) == [.physical])
    let (series, whole) = (try #require(left[.physical]), try #require(run[.physical]))
    #expect(series.entities == ["c0/höst1"] && series.channels.map(\.name) == ["temperature", "power", "xid"])
    for (channel, old) in [0, 1, 3].enumerated() {
      let kept = series.series(entity: 0, channel: channel).map(\.bitPattern)
      #expect(kept == whole.series(entity: 2, channel: old).map(\.bitPattern))
    }
    #expect(left.labels == run.labels && left.sampleCount == run.sampleCount)
  }

  @Test func aChannelOfOneLayerIsNotThatOfAnother() throws {
    let left = try TelemetryExclusion(["compute/work"], in: [run.metadata]).applied(to: run)
    #expect(left.layers.map(\.layer) == [.physical] && left[.physical]?.channels.count == 4)
  }

  @Test func namesThatNothingHasAreRefused() {
    func problem(_ name: String) -> String? {
      do { _ = try TelemetryExclusion([name], in: [run.metadata]) } catch { return "\(error)" }
      return nil
    }
    #expect(
      problem("physical/temprature")
        == "there is no entity and no channel 'physical/temprature'; did you mean 'physical/temperature'?")
    #expect(problem("fan") == "there is no entity and no channel 'fan'; write channels as 'layer/name'")
  }
}
