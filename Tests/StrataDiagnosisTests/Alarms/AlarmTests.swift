import Foundation
import StrataDiagnosis
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

@Suite struct AlarmTests {
  let channels = ["heat", "power"].map { ChannelReference(layer: .physical, channel: Channel(name: $0)) }
  let calibration = try! ScoreCalibration(scores: (0..<200).map { Float($0) / 100 })
  let policy = AlarmPolicy(budget: 10, mergeGap: 120)

  @Test func exceedancesBecomeAlarmsInSamplesOfTheRun() {
    //                      0  1  2  3  4  5  6  7  8  9
    let scores: [Float] = [0, 5, 6, 0, 0, 4, 0, 0, 0, 7]
    let contributions = NDArray([10, 2], (0..<20).map { Float($0 % 2 == 0 ? $0 / 2 : 3) })
    let series = ScoreSeries(
      run: 2, entity: "c0/host3", samples: 100..<110, scores: scores, contributions: contributions)
    let alarms = policy.alarms(
      in: [series], channels: channels, threshold: 3, calibration: calibration, interval: 60)
    #expect(alarms.map(\.samples) == [101..<106, 109..<110])  // two quiet samples are bridged, three are not
    #expect(alarms.map(\.peakScore) == [6, 7] && alarms.allSatisfy { $0.run == 2 && $0.entity == "c0/host3" })
    #expect(alarms[0].pValue == calibration.pValue(of: 6) && alarms[1].pValue < alarms[0].pValue)
    #expect(alarms[0].culprits.map(\.channel.channel.name) == ["heat", "power"])  // 3 each, by name
    #expect(alarms[0].culprits.map(\.contribution) == [3, 3])
    #expect(alarms[1].culprits.map(\.contribution) == [9, 3])
    #expect(channels[0].description == "physical/heat")
  }

  @Test func theThresholdItselfRaisesNoAlarm() {
    let alarms = policy.alarms(
      in: [scored([0, 3, 0])], channels: channels, threshold: 3, calibration: calibration, interval: 60)
    #expect(alarms.isEmpty)
  }

  @Test func aMethodWithoutContributionsNamesNoCulprits() {
    let series = scored([0, 9])
    #expect(series.channelContributions(in: 0..<2).isEmpty)
    let alarms = policy.alarms(
      in: [series], channels: channels, threshold: 3, calibration: calibration, interval: 60)
    #expect(alarms.count == 1 && alarms[0].culprits.isEmpty)
  }

  @Test func atMostFiveCulpritsAreNamed() {
    let many = (0..<9).map { ChannelReference(layer: .compute, channel: Channel(name: "c\($0)")) }
    let series = scored([9], contributions: NDArray([1, 9], (0..<9).map { Float(($0 * 4) % 9) }))
    let alarms = policy.alarms(in: [series], channels: many, threshold: 3, calibration: calibration, interval: 60)
    #expect(alarms[0].culprits.map(\.contribution) == [8, 7, 6, 5, 4])
    #expect(alarms[0].culprits.map(\.channel.channel.name) == ["c2", "c4", "c6", "c8", "c1"])
  }

  @Test func channelsMustFitTheContributions() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let calibration = try ScoreCalibration(scores: (0..<200).map { Float($0) / 100 })
      let series = scored([9], contributions: NDArray([1, 3], repeating: 1))
      _ = AlarmPolicy().alarms(in: [series], channels: [], threshold: 3, calibration: calibration, interval: 60)
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("AlarmPolicy.alarms: 0 channels for 3 contributions of 'c0/host0'"))
  }

  @Test func survivesJSON() throws {
    let series = scored([0, 9], contributions: NDArray([2, 2], [1, 2, 3, 4]))
    let alarms = policy.alarms(
      in: [series], channels: channels, threshold: 3, calibration: calibration, interval: 60)
    #expect(try JSONDecoder().decode([Alarm].self, from: JSONEncoder().encode(alarms)) == alarms)
  }
}

@Suite struct IncidentTests {
  private let calibration = try! ScoreCalibration(scores: (0..<200).map { Float($0) / 100 })

  private func alarm(_ entity: EntityPath, _ samples: Range<Int>, score: Float, run: Int = 0) -> Alarm {
    let series = ScoreSeries(
      run: run, entity: entity, samples: samples, scores: samples.map { _ in score })
    return AlarmPolicy().alarms(in: [series], channels: [], threshold: 0, calibration: calibration, interval: 60)[0]
  }

  @Test func alarmsMergeInTimeOverEntities() {
    let incidents = Incident.merging(
      [
        alarm("a", 40..<50, score: 3), alarm("b", 10..<30, score: 5), alarm("c", 12..<14, score: 4),
        alarm("a", 33..<35, score: 9), alarm("a", 12..<14, score: 2, run: 1),
      ], gap: 3)
    #expect(incidents.map(\.run) == [0, 0, 1])
    #expect(incidents.map(\.samples) == [10..<35, 40..<50, 12..<14])
    #expect(incidents.map(\.entities) == [["a", "b", "c"], ["a"], ["a"]])  // by the score of the best alarm
    #expect(incidents[0].alarms.map(\.peakScore) == [9, 5, 4])
  }

  /// A long alarm bridges what follows it, though a shorter one began later.
  @Test func theLongestAlarmDecidesWhereAnIncidentEnds() {
    let alarms = [alarm("a", 0..<100, score: 3), alarm("b", 10..<12, score: 3), alarm("c", 101..<102, score: 3)]
    #expect(Incident.merging(alarms, gap: 1).map(\.samples) == [0..<102])
    #expect(Incident.merging(alarms, gap: 0).map(\.samples) == [0..<100, 101..<102])
    #expect(Incident.merging([], gap: 5).isEmpty)
  }

  @Test func anEntityIsListedOnce() {
    let incident = Incident.merging(
      [alarm("a", 0..<2, score: 3), alarm("b", 3..<4, score: 4), alarm("a", 5..<6, score: 5)], gap: 9)
    #expect(incident.count == 1 && incident[0].entities == ["a", "b"])
  }

  /// Where p-values cannot be told apart the score decides, then time, then the name.
  @Test func rankingGoesBeyondTheLeastPValue() {
    let alarms = [
      alarm("d", 1..<2, score: 1e6), alarm("c", 0..<1, score: 1e6), alarm("b", 0..<1, score: 1e6),
      alarm("a", 3..<4, score: 1e8),
    ]
    #expect(alarms.allSatisfy { $0.pValue == ScoreCalibration.leastPValue })
    #expect(Incident.merging(alarms, gap: 5)[0].entities == ["a", "b", "c", "d"])
    #expect(Incident.merging(alarms.reversed(), gap: 5)[0].entities == ["a", "b", "c", "d"])
  }
}
