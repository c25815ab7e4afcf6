import StrataDiagnosis
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

/// Entities that have no peers, compared with their own clean time.
@Suite struct SumStreamTests {
  private let fleet = Fleet(
    hosts: 1, sampleCount: 400, faults: [Fleet.Fault(host: 0, samples: 200..<240, factors: Fleet.slow)])

  private func detector(of fleet: Fleet? = nil) throws -> FittedDetector {
    try (fleet ?? self.fleet).detector(samples: 1200)
  }

  @Test func theMethodFollowsFromPeersAndTime() throws {
    #expect(try detector().method(ofRole: "host") == "sum of four")
    #expect(try fleet.detector(samples: 300).method(ofRole: "host") == "calibrated surprise")
    #expect(try Fleet(hosts: 3).detector(samples: 1200).method(ofRole: "host") == "calibrated surprise")
  }

  @Test func findsAFaultAndItsChannels() throws {
    let detection = try detector().detect(in: [fleet.run()], threads: 1)
    let incidents = detection.incidents[0]
    #expect(incidents.count == 1, "found \(incidents.map(\.samples))")
    let incident = try #require(incidents.first)
    #expect((200..<206).contains(incident.samples.lowerBound))
    let culprit = try #require(incident.evidence.entities.first)
    #expect(culprit.entity == "c0/host0")
    #expect(Set(culprit.channels.prefix(4).map(\.name)).isSubset(of: Set(Fleet.slow.keys)))
    #expect(detection.scores.series.allSatisfy { $0.scores.allSatisfy(\.isFinite) })
  }

  /// However the samples come, and on however many threads, the bits are the same.
  @Test(arguments: [1, 7, 64, 399])
  func piecesDoNotMatter(length: Int) throws {
    let detector = try detector()
    let whole = try detector.scores(of: fleet.run(), pieces: fleet.sampleCount)["c0/host0"]!
    let pieces = try detector.scores(of: fleet.run(), pieces: length, threads: 2)["c0/host0"]!
    #expect(whole.count == fleet.sampleCount && whole.map(\.bitPattern) == pieces.map(\.bitPattern))
  }

  @Test(arguments: [1, 61, 199, 215]) func aRestoredMonitorGoesOnBitByBit(stop: Int) throws {
    let (detector, run) = (try detector(), fleet.run())
    let expected = try detector.detect(in: [run], threads: 1)
    try withTemporaryFolder { folder in
      var first = Monitor(detector)
      var incidents = try first.push(run.selecting(samples: 0..<stop)).incidents
      try first.write(to: "\(folder)/state")
      var second = try Monitor(restoring: "\(folder)/state", detector: detector)
      let rest = try second.push(run.selecting(samples: stop..<run.sampleCount))
      incidents += rest.incidents
      #expect(incidents + second.finish() == expected.incidents[0])
      #expect(rest.series[0].scores.map(\.bitPattern) == expected.scores.series[0].scores[stop...].map(\.bitPattern))
    }
  }

  @Test func scoresUseThePastOnly() throws {
    let detector = try detector()
    var other = fleet
    other.faults = [Fleet.Fault(host: 0, samples: 150..<400, factors: ["heat": 3])]
    let one = try detector.scores(of: Fleet(hosts: 1, sampleCount: 400).run(), pieces: 400)["c0/host0"]!
    let two = try detector.scores(of: other.run(), pieces: 400)["c0/host0"]!
    #expect(one[..<150].map(\.bitPattern) == two[..<150].map(\.bitPattern) && one[150...] != two[150...])
  }

  @Test func aDetectorIsReadAsItWasWritten() throws {
    let detector = try detector(of: Fleet(hosts: 2))
    let run = Fleet(hosts: 2, sampleCount: 200).run()
    try withTemporaryFolder { folder in
      try detector.write(to: "\(folder)/d.safetensors")
      let read = try FittedDetector(contentsOf: "\(folder)/d.safetensors")
      #expect(try read.scores(of: run, pieces: 200) == detector.scores(of: run, pieces: 200))
    }
  }

  @Test func silenceIsFound() throws {
    var silent = Fleet(hosts: 1, sampleCount: 300)
    silent.silent[0] = 150..<300
    let incidents = try detector().detect(in: [silent.run()], threads: 1).incidents[0]
    #expect(try (150..<190).contains(#require(incidents.first).samples.lowerBound))
  }

  /// A host that clean time did not have is compared with those that it had.
  @Test func anotherHostIsComparedWithTheRole() throws {
    let detector = try detector(of: Fleet(hosts: 2))
    var other = Fleet(
      hosts: 1, sampleCount: 300, faults: [Fleet.Fault(host: 0, samples: 200..<240, factors: Fleet.slow)])
    other.names[0] = "c0/host9"
    let detection = try detector.detect(in: [other.run()], threads: 1)
    let scores = try #require(detection.scores.series.first).scores
    #expect(scores.allSatisfy(\.isFinite) && scores[200..<240].max()! > scores[60..<200].max()!)
    #expect(detection.notices.contains { $0.contains("'c0/host9' had no clean time") })
  }
}
