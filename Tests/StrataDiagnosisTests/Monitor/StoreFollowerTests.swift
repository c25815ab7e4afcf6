import Foundation
import StrataDiagnosis
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

/// Stores that are scored while they are written.
@Suite struct StoreFollowerTests {
  private let folder = TemporaryFolder()
  private let fleet = Fleet(
    sampleCount: 300,
    faults: [
      Fleet.Fault(host: 2, samples: 100..<130, factors: Fleet.slow),
      Fleet.Fault(host: 4, samples: 200..<240, factors: Fleet.slow),
    ])

  /// Writes a store piece by piece; `visit` is called after every piece.
  private func grow(_ run: Run, pieces length: Int, _ visit: (RunStore) throws -> Void) throws {
    var writer = try RunWriter(to: folder("live"), metadata: run.metadata, chunkLength: 64)
    try writer.publish()
    for start in stride(from: 0, to: run.sampleCount, by: length) {
      try writer.append(run.layers.map { $0.values.rows(start..<min(start + length, run.sampleCount)) })
      try writer.publish()
      try visit(RunStore(opening: folder("live")))
    }
    try writer.finish()
    try visit(RunStore(opening: folder("live")))
  }

  /// The events of a store are the same however it grew and wherever the follower was restarted, and their ends are what
  /// detection says of the whole.
  @Test(arguments: [1, 7, 64, 300], [false, true])
  func eventsDoNotDependOnHowTheStoreGrew(length: Int, restarts: Bool) throws {
    let detector = try fleet.detector()
    let run = fleet.run()
    var whole = Monitor(detector)
    let expected = try whole.push(run).events + whole.finish().map { IncidentEvent(.end, $0) }
    var follower = StoreFollower(detector)
    var events: [IncidentEvent] = []
    try grow(run, pieces: length) { store in
      while let reading = try follower.next(of: store, threads: 2) { events += reading.events }
      guard restarts else { return }
      try follower.write(to: folder("state"))
      follower = try StoreFollower(restoring: folder("state"), detector: detector)
    }
    events += follower.finish()
    #expect(events == expected)
    let ends = events.filter { $0.kind == .end }.map(\.incident)
    #expect(try ends == detector.detect(in: [run], threads: 1).incidents[0] && ends.count == 2)
  }

  /// An incident is told of at its first sample and when it has become 8, 16, 32 samples long.
  @Test func incidentsAreToldOfAsTheyGrow() throws {
    let detector = try fleet.detector()
    var monitor = Monitor(detector)
    let events = try monitor.push(fleet.run()).events
    let first = events.prefix { $0.kind != .end }
    #expect(first.map(\.kind) == [.start, .update, .update])
    #expect(first.map { $0.incident.samples.count } == [1, 8, 16])
    let end = try #require(events.first { $0.kind == .end })
    #expect(first.allSatisfy { $0.incident.samples.lowerBound == end.incident.samples.lowerBound })
    #expect(first.first?.incident.evidence.entities.first?.entity == fleet.name(2))
  }

  @Test func whatIsLeftOutRaisesNoAlarm() throws {
    let detector = try fleet.detector()
    let run = fleet.run()
    try RunStore.write(run, to: folder("live"))
    let store = try RunStore(opening: folder("live"))
    let exclusion = try TelemetryExclusion(["c0/host2"], in: [store.metadata])
    var follower = StoreFollower(detector, exclusion: exclusion)
    let events = try #require(try follower.next(of: store)).events + follower.finish()
    #expect(Set(events.flatMap { $0.incident.alarms.map(\.entity) }) == [fleet.name(4)])
  }

  @Test func statesOfOthersAreRefused() throws {
    let detector = try fleet.detector()
    try RunStore.write(fleet.run(), to: folder("live"))
    try RunStore.write(fleet.run(named: "other"), to: folder("other"))
    var follower = StoreFollower(detector)
    _ = try follower.next(of: RunStore(opening: folder("live")))
    let path = folder("state")
    try follower.write(to: path)
    #expect(
      throws: RunFolderError("was made with a budget of 1000.0; give the same, or remove it to begin anew", at: path)
    ) {
      try StoreFollower(restoring: path, detector: detector, policy: AlarmPolicy(budget: 5, mergeGap: 30))
    }
    let exclusion = TelemetryExclusion(entities: ["c0/host2"], channels: [])
    #expect(
      throws: RunFolderError("was made leaving out nothing; leave out the same, or remove it to begin anew", at: path)
    ) {
      try StoreFollower(restoring: path, detector: detector, exclusion: exclusion)
    }
    try follower.monitor.write(to: path)
    #expect(throws: RunFolderError("is no state of a followed store; remove it to begin anew", at: path)) {
      try StoreFollower(restoring: path, detector: detector)
    }
    #expect(
      throws: DiagnosisError("'other' is not the run that was followed before, 'fleet': remove the state to begin anew")
    ) { try follower.next(of: RunStore(opening: folder("other"))) }
    try RunStore.write(fleet.run().selecting(samples: 0..<200), to: folder("live"), replacing: true)
    #expect(
      throws: DiagnosisError("'fleet' has 200 samples, 300 were read before: remove the state to begin anew")
    ) { try follower.next(of: RunStore(opening: folder("live"))) }
  }

  /// A host that stops reporting has an alarm of silence; one that is slow has not.
  @Test func silenceIsTold() throws {
    var fleet = Fleet(sampleCount: 260, faults: [Fleet.Fault(host: 2, samples: 60..<90, factors: Fleet.slow)])
    fleet.silent[3] = 150..<260
    let incidents = try fleet.detector().detect(in: [fleet.run()], threads: 1).incidents[0]
    #expect(incidents.count == 2)
    let (slow, silent) = (try #require(incidents.first), try #require(incidents.last))
    #expect(slow.alarms.allSatisfy { !$0.isSilence && $0.silentCount == 0 })
    #expect(silent.alarms.first { $0.entity == fleet.name(3) }?.isSilence == true)
  }
}
