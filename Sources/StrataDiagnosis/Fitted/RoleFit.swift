import StrataTelemetry
import StrataTensor

/// Fits the detectors of all roles to clean time, with one method for all.
///
/// Unless a method is named: where some role has peers, every role is watched by calibrated surprise, because what belongs
/// to a job moves with it, and a common view that follows the recent level is right for the few entities that are alone in
/// their role. Where nobody has peers, and clean time is long enough for windows and clusters, every entity is compared
/// with its own clean time by the sum of four.
struct RoleFit: Sendable {
  let method: any RoleDetector.Type
  private let options: SurpriseOptions
  private let seed: UInt64
  private let threads: Int

  /// - Parameters:
  ///   - runs: All of clean time, counters as rates.
  ///   - method: `nil` to choose one.
  init(_ runs: [Run], method: (any RoleDetector.Type)?, options: SurpriseOptions, seed: UInt64, threads: Int) {
    (self.options, self.seed, self.threads) = (options, seed, threads)
    self.method = method ?? Self.method(for: runs)
  }

  private static func method(for runs: [Run]) -> any RoleDetector.Type {
    // Each half of clean time is fitted to as well.
    let isShort = runs.contains { $0.sampleCount < SumModel.foldCount * SumModel.smallestSampleCount }
    let hasPeers = runs.contains { run in
      run.observedMembers.values.contains { $0.count >= RoleBaseline.smallestGroup }
    }
    return isShort || hasPeers ? RoleBaseline.self : SumModel.self
  }

  /// The detectors of all roles of some runs, by name.
  func detectors(of runs: [Run]) throws(DiagnosisError) -> [(name: String, detector: any RoleDetector)] {
    let members = runs.map(\.observedMembers)
    var detectors: [(String, any RoleDetector)] = []
    for role in Set(members.flatMap(\.keys)).sorted() {
      let own = zip(runs, members).compactMap { run, members in
        members[role].map { (run: run, members: $0) }
      }
      do {
        let clean = RoleCleanTime(own, options: options, seed: seed, threads: threads)
        if let detector = try method.init(fittedTo: clean) { detectors.append((role, detector)) }
      } catch { throw DiagnosisError("role '\(role)': \(error)") }
    }
    return detectors
  }

  /// The scores of the members of one role over one run.
  struct CleanScores: Sendable {
    let role: String
    let members: [EntityPath]
    /// Per member.
    let series: [[Float]]

    /// The scores of one member, as a list of one; empty where the run does not have it.
    func series(of member: EntityPath) -> [[Float]] { members.firstIndex(of: member).map { [series[$0]] } ?? [] }
  }

  /// The scores of all members of each role, run by run, once the first ones are complete.
  func scores(
    of runs: [Run], with detectors: [(name: String, detector: any RoleDetector)]
  ) -> [CleanScores] {
    let tasks = runs.flatMap { run in
      let members = run.observedMembers
      return detectors.compactMap { name, detector in
        members[name].map { (run: run, name: name, detector: detector, members: $0) }
      }
    }
    return parallelMap(count: tasks.count, threads: threads) { index in
      let task = tasks[index]
      return CleanScores(
        role: task.name, members: task.members, series: scores(of: task.run, task.members, with: task.detector))
    }
  }

  private func scores(of run: Run, _ members: [EntityPath], with detector: any RoleDetector) -> [[Float]] {
    var stream = detector.makeStream(options: options)
    for member in members { stream.add(member) }
    let layout = RoleLayout(members, channels: detector.channels, in: run.metadata.layers)
    var result = members.map { _ in [Float]() }
    let block = max(Monitor.blockSize / max(stream.cellCount, 1), 1)
    for start in stride(from: 0, to: run.sampleCount, by: block) {
      let samples = start..<min(start + block, run.sampleCount)
      let scored = layout.rows(of: run, samples).withElements { stream.push($0, count: samples.count) }
      for time in samples where time >= options.persistence - 1 {
        for member in members.indices {
          result[member].append(scored.scores[(time - start) * members.count + member])
        }
      }
    }
    return result
  }
}
