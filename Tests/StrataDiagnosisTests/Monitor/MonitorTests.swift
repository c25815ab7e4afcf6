import Foundation
import StrataDiagnosis
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

@Suite struct MonitorTests {
  private let fleet = Fleet(
    sampleCount: 300,
    faults: [
      Fleet.Fault(host: 2, samples: 100..<130, factors: Fleet.slow),
      Fleet.Fault(host: 4, samples: 200..<240, factors: Fleet.slow),
    ], silent: [1: 60..<64])

  @Test func findsFaultsAndTheirCulprits() throws {
    let detection = try fleet.detector().detect(in: [fleet.run()], threads: 2)
    let incidents = detection.incidents[0]
    #expect(incidents.count == 2, "found \(incidents.map(\.samples))")
    for (incident, fault) in zip(incidents, fleet.faults) {
      #expect(incident.samples.overlaps(fault.samples))
      #expect(incident.samples.lowerBound - fault.samples.lowerBound <= 4)
      #expect(incident.samples.upperBound - fault.samples.upperBound <= 4)
      let first = try #require(incident.evidence.entities.first)
      #expect(first.entity == fleet.name(fault.host) && first.hasOwnBaseline)
      #expect(first.channels.allSatisfy { $0.contribution > 0 && $0.excess <= $0.contribution })
      let onset = try #require(first.channels.compactMap(\.onset).min())
      #expect((fault.samples.lowerBound..<fault.samples.lowerBound + 4).contains(onset))
    }
    #expect(detection.notices.isEmpty)
  }

  /// However the samples come, and on however many threads, the bits are the same.
  @Test(arguments: [1, 7, 64, 300])
  func piecesDoNotMatter(length: Int) throws {
    let detector = try fleet.detector()
    let run = fleet.run()
    let whole = try detector.scores(of: run, pieces: run.sampleCount)
    #expect(whole.count == fleet.hosts && whole.values.allSatisfy { $0.count == run.sampleCount })
    let pieces = try detector.scores(of: run, pieces: length, threads: 2)
    for (entity, scores) in whole { #expect(pieces[entity]!.map(\.bitPattern) == scores.map(\.bitPattern)) }
  }

  @Test(arguments: [1, 7, 64])
  func incidentsDoNotDependOnPieces(length: Int) throws {
    let detector = try fleet.detector()
    let run = fleet.run()
    let expected = try detector.detect(in: [run], threads: 1).incidents[0]
    var monitor = Monitor(detector)
    var incidents: [Incident] = []
    for start in stride(from: 0, to: run.sampleCount, by: length) {
      incidents += try monitor.push(run.selecting(samples: start..<min(start + length, run.sampleCount))).incidents
    }
    #expect(incidents + monitor.finish() == expected)
  }

  /// A monitor that is saved and restored in the middle, also in the middle of an incident, goes on bit by bit.
  @Test(arguments: [1, 99, 103, 131, 250])
  func aRestoredMonitorGoesOnBitByBit(stop: Int) throws {
    let detector = try fleet.detector()
    let run = fleet.run()
    let expected = try detector.detect(in: [run], threads: 1)
    try withTemporaryFolder { folder in
      var first = Monitor(detector)
      var incidents = try first.push(run.selecting(samples: 0..<stop)).incidents
      try first.write(to: "\(folder)/state")
      var second = try Monitor(restoring: "\(folder)/state", detector: detector)
      #expect(second.sampleCount == stop)
      let rest = try second.push(run.selecting(samples: stop..<run.sampleCount), threads: 2)
      incidents += rest.incidents
      #expect(incidents + second.finish() == expected.incidents[0])
      for series in rest.series {
        let whole = try #require(expected.scores.series.first { $0.entity == series.entity })
        #expect(series.scores.map(\.bitPattern) == whole.scores[stop...].map(\.bitPattern))
      }
    }
  }

  /// Scores up to a sample do not change when later samples do.
  @Test func scoresUseThePastOnly() throws {
    let detector = try fleet.detector()
    let run = fleet.run()
    var other = fleet
    other.faults += (0..<fleet.hosts).map {
      Fleet.Fault(host: $0, samples: 150..<300, factors: ["work": 9, "watt": 0])
    }
    let (a, b) = (
      try detector.scores(of: run, pieces: 300), try detector.scores(of: other.run(), pieces: 300)
    )
    for (entity, scores) in a {
      #expect(scores[..<150].map(\.bitPattern) == b[entity]![..<150].map(\.bitPattern))
      #expect(scores[150...].map(\.bitPattern) != b[entity]![150...].map(\.bitPattern))
    }
  }

  /// A host that comes late is not alarmed before it comes, and takes no part in what others show.
  @Test func hostsThatComeLaterDoNotMatterBefore() throws {
    let detector = try fleet.detector()
    var late = fleet
    late.silent[5] = 0..<150
    let run = late.run()
    let whole = try detector.scores(of: run, pieces: 300)
    let pieces = try detector.scores(of: run, pieces: 1)
    let host = fleet.name(5)
    #expect(pieces[host]!.count == 150)
    #expect(whole[host]!.suffix(150).map(\.bitPattern) == pieces[host]!.map(\.bitPattern))
    for entity in whole.keys where entity != host {
      #expect(whole[entity]!.map(\.bitPattern) == pieces[entity]!.map(\.bitPattern))
    }
    let alarms = try detector.detect(in: [run], threads: 1).scores.series.first { $0.entity == host }!.alarms
    #expect(alarms.allSatisfy { $0.lowerBound >= 150 })
  }

  /// A host that stops reporting is an incident that names it.
  @Test func silenceIsFound() throws {
    var fleet = Fleet(sampleCount: 200)
    fleet.silent[3] = 120..<200
    let incidents = try fleet.detector().detect(in: [fleet.run()], threads: 1).incidents[0]
    #expect(incidents.count == 1 && incidents[0].evidence.entities.first?.entity == fleet.name(3))
    #expect((120..<130).contains(try #require(incidents.first).samples.lowerBound))
  }

  /// A channel that drifts on everybody and one or two that go far off on one host raise no alarm.
  @Test(arguments: [["wait": Float(1000)], ["wait": 1000, "heat": 50]])
  func oneOrTwoChannelsRaiseNoAlarm(factors: [String: Float]) throws {
    var drifting = Fleet(sampleCount: 600)
    let detector = try drifting.detector()
    drifting.growth = 0.001
    drifting.faults = [Fleet.Fault(host: 1, samples: 300..<600, factors: factors)]
    #expect(try detector.detect(in: [drifting.run()], threads: 2).incidents[0].isEmpty)
    drifting.faults[0].factors["work"] = 3
    drifting.faults[0].factors["received"] = 0.1
    #expect(try detector.detect(in: [drifting.run()], threads: 2).incidents[0].count == 1)
  }

  /// Replacing a host changes nothing for the others, and the new one is compared with its role.
  @Test func aReplacedHostIsComparedWithItsRole() throws {
    let detector = try fleet.detector()
    let before = try detector.detect(in: [fleet.run()], threads: 1)
    var replaced = fleet
    replaced.names[2] = "c0/x2"
    let after = try detector.detect(in: [replaced.run()], threads: 1)
    for series in before.scores.series where series.entity != fleet.name(2) {
      let same = try #require(after.scores.series.first { $0.entity == series.entity })
      #expect(same.scores.map(\.bitPattern) == series.scores.map(\.bitPattern))
    }
    let first = try #require(after.incidents[0].first?.evidence.entities.first)
    #expect(first.entity == "c0/x2" && !first.hasOwnBaseline && first.role == "host")
    #expect(
      after.notices == [
        "'c0/x2' had no clean time: compared with what is usual for the role 'host' until enough samples of their own are known",
        "'c0/host2' of clean time is not there",
      ])
  }

  /// A cluster of another size is scored whole.
  @Test func aLargerClusterIsScored() throws {
    let detector = try fleet.detector()
    let larger = Fleet(
      hosts: 20, sampleCount: 200, faults: [Fleet.Fault(host: 17, samples: 90..<120, factors: Fleet.slow)])
    let detection = try detector.detect(in: [larger.run()], threads: 2)
    #expect(detection.scores.series.count == 20)
    #expect(detection.scores.series.allSatisfy { $0.samples == 0..<200 && $0.scores.allSatisfy(\.isFinite) })
    #expect(detection.incidents[0].map { $0.evidence.entities.first?.entity } == ["c0/host17"])
  }

  @Test func channelsAreMatchedByName() throws {
    let detector = try fleet.detector()
    let run = fleet.run()
    let layers = run.layers.filter { $0.layer != .application }.map { series in
      LayerSeries(
        layer: series.layer, entities: series.entities,
        channels: series.channels.map {
          var channel = $0
          if channel.name == "watt" { channel.name = "watts" }
          if channel.name == "wait" { channel.unit = "ms" }
          return channel
        }, values: series.values)
    }
    let other = Run(name: "other", start: 0, interval: 5, sampleCount: run.sampleCount, layers: layers)
    let detection = try detector.detect(in: [other], threads: 1)
    #expect(
      detection.notices == [
        "channel 'compute/wait' is in 'ms', in clean time it was in 's'",
        "channel 'physical/watt' is missing and not watched; did you mean 'physical/watts'?",
        "the application layer is missing: its 2 channels are not watched",
        "channel 'physical/watts' is not known to the detector and not watched",
      ])
    #expect(detection.scores.series.allSatisfy { $0.scores.allSatisfy(\.isFinite) })
  }

  @Test func anotherIntervalOrKindIsRefused() throws {
    let detector = try fleet.detector()
    var run = fleet.run()
    run.interval = 10
    #expect(
      throws: DiagnosisError(
        "'fleet' is sampled every 10.0 s, the detector was fitted at 5.0 s: fit one for this interval with 'strata adapt'"
      )
    ) { try detector.detect(in: [run], threads: 1) }
    let layers = fleet.run().layers.map { series in
      LayerSeries(
        layer: series.layer, entities: series.entities,
        channels: series.channels.map { Channel(name: $0.name, kind: .gauge, unit: $0.unit, meaning: $0.meaning) },
        values: series.values)
    }
    let gauges = Run(name: "gauges", start: 0, interval: 5, sampleCount: fleet.sampleCount, layers: layers)
    #expect(
      throws: DiagnosisError(
        "'gauges': channel 'data/received' is a gauge, in the detector's clean time it was a rate: correct the mapping, "
          + "or fit the detector anew with 'strata adapt'")
    ) { try detector.detect(in: [gauges], threads: 1) }
  }

  @Test func statesOfOthersAreRefused() throws {
    let detector = try fleet.detector()
    try withTemporaryFolder { folder in
      let path = "\(folder)/state"
      try Monitor(detector).write(to: path)
      let other = try fleet.detector(samples: 200)
      #expect(throws: RunFolderError("belongs to another detector; remove it to begin anew", at: path)) {
        try Monitor(restoring: path, detector: other)
      }
      try detector.write(to: path)
      #expect(throws: RunFolderError("is no state of a monitor; remove it to begin anew", at: path)) {
        try Monitor(restoring: path, detector: detector)
      }
    }
  }
}
