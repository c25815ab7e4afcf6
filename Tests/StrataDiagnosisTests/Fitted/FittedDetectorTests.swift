import Foundation
import StrataDiagnosis
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

@Suite struct FittedDetectorTests {
  private let fleet = Fleet(sampleCount: 200, faults: [Fleet.Fault(host: 0, samples: 90..<120, factors: Fleet.slow)])

  @Test func comesBackFromAFileBitByBit() throws {
    let detector = try fleet.detector()
    try withTemporaryFolder { folder in
      try detector.write(to: RunFolder(folder).detector)
      let read = try FittedDetector(contentsOf: folder)
      #expect(read.policy == detector.policy && read.provenance == detector.provenance)
      #expect(read.cleanTime == detector.cleanTime && read.options == detector.options)
      #expect(read.roleNames == ["host"] && read.channels(ofRole: "host") == detector.channels(ofRole: "host"))
      let (a, b) = (
        try detector.scores(of: fleet.run(), pieces: 200), try read.scores(of: fleet.run(), pieces: 200)
      )
      for (entity, scores) in a { #expect(scores.map(\.bitPattern) == b[entity]!.map(\.bitPattern)) }
      let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(files == ["detector.safetensors"])
    }
  }

  @Test func threadsDoNotMatter() throws {
    let run = Fleet(sampleCount: 150).run()
    let detectors = try [1, 3].map { threads in
      try FittedDetector(
        cleanTime: [run], policy: AlarmPolicy(), provenance: Provenance(settings: "", runs: [run]), threads: threads)
    }
    try withTemporaryFolder { folder in
      for (index, detector) in detectors.enumerated() { try detector.write(to: "\(folder)/\(index)") }
      let data = try (0..<2).map { try Data(contentsOf: URL(filePath: "\(folder)/\($0)")) }
      #expect(data[0] == data[1])
    }
  }

  @Test func ninetySamplesOfFourHostsAreEnough() throws {
    var small = Fleet(hosts: 4, sampleCount: 200)
    let detector = try small.detector(samples: 90)
    #expect(detector.cleanTime.map(\.sampleCount) == [90] && detector.entityCount == 4)
    small.faults = [Fleet.Fault(host: 3, samples: 100..<140, factors: Fleet.slow)]
    let incidents = try detector.detect(in: [small.run()], threads: 1).incidents[0]
    #expect(incidents.contains { $0.evidence.entities.first?.entity == "c0/host3" })
  }

  @Test func memoryPerEntityIsWhatItsChannelsNeed() throws {
    let detector = try fleet.detector()
    let channels = detector.channels(ofRole: "host").count
    let known = (11 * channels + 2 * 6 * channels) / 6
    let (past, counters) = (7 * channels + 3, 2 * channels)
    #expect(detector.byteCount(perEntityOfRole: "host") == 4 * (known + past + counters))
    #expect(detector.byteCount(perEntityOfRole: "switch") == 0)
  }

  @Test func tooLittleCleanTimeIsAnError() throws {
    let run = Fleet(sampleCount: 59).run()
    #expect(
      throws: DiagnosisError(
        "run 'fleet' has 59 clean samples; a detector needs 60 (300.0 s at this interval)")
    ) {
      try FittedDetector(
        cleanTime: [run], policy: AlarmPolicy(), provenance: Provenance(settings: "", runs: [run]), threads: 1)
    }
  }

  @Test(arguments: [
    ("\"format\":2", "\"format\":9", "has format 9, this version reads 2"),
    ("\"interval\":5", "\"interval\":-5", "contradicts itself"),
    (
      "\"method\":\"calibrated surprise\"", "\"method\":\"guess\"",
      "watches role 'host' with 'guess', which this program does not know"
    ),
    ("\"members\":[\"c0/host0\",", "\"members\":[", "contradicts itself in role 'host'"),
    ("\"roles\":", "\"rolls\":", "is damaged"),
  ])
  func damagedFilesAreErrors(old: String, new: String, problem: String) throws {
    let detector = try fleet.detector(samples: 100)
    try withTemporaryFolder { folder in
      let path = "\(folder)/detector.safetensors"
      try detector.write(to: path)
      let file = try SafetensorsFile(contentsOf: path)
      let text = try #require(file.metadata["strata-detector"])
      #expect(text.contains(old))
      try SafetensorsFile.write(
        file.names.map { ($0, try file.array(named: $0)) },
        metadata: ["strata-detector": text.replacing(old, with: new, maxReplacements: 1)], to: path)
      #expect(
        throws: RunFolderError(
          "\(problem); make the detector again with 'strata train' or 'strata adapt'", at: path)
      ) { try FittedDetector(contentsOf: path) }
    }
  }

  @Test func aFolderWithoutADetectorIsAnError() throws {
    try withTemporaryFolder { folder in
      #expect(
        throws: RunFolderError("holds no detector; make one with 'strata train' or 'strata adapt'", at: folder)
      ) { try FittedDetector(contentsOf: folder) }
    }
  }

  /// A larger budget never raises a threshold.
  @Test func budgetsOrderThresholds() throws {
    let detector = try fleet.detector()
    var last = Float.infinity
    for budget in [0.01, 1, 100, 1e4, 1e6] {
      let threshold = try #require(detector.thresholds(for: AlarmPolicy(budget: budget))["host"])
      #expect(threshold <= last && threshold > 0)
      last = threshold
    }
  }
}
