import StrataTelemetry
import StrataTensor

/// Fits the models of all roles to clean time, with one method for all.
///
/// Where some role has peers, every role is watched by calibrated surprise: what belongs to a job moves with it, and a
/// common view that follows the recent level is right for the few entities that are alone in their role. Where nobody has
/// peers, and clean time is long enough for windows and clusters, every entity is compared with its own clean time by the
/// sum of four.
struct RoleFit: Sendable {
  private let options: SurpriseOptions
  private let seed: UInt64
  private let threads: Int
  /// Whether roles are watched by calibrated surprise, or else by the sum of four.
  private let usesSurprise: Bool
  /// Into how many parts clean time is cut for calibration: four, so that scores come from nearly as much time as the
  /// detector's own; for windows and clusters, which need long time, two.
  var foldCount: Int { usesSurprise ? 4 : 2 }

  /// - Parameter runs: All of clean time, counters as rates.
  init(_ runs: [Run], options: SurpriseOptions, seed: UInt64, threads: Int) {
    (self.options, self.seed, self.threads) = (options, seed, threads)
    // Each half of clean time is fitted to as well.
    let isShort = runs.contains { $0.sampleCount < 2 * SumModel.smallestSampleCount }
    usesSurprise =
      isShort
      || runs.contains { run in
        run.observedMembers.values.contains { $0.count >= RoleBaseline.smallestGroup }
      }
  }

  /// The models of all roles of some runs, by name.
  func models(of runs: [Run]) throws(DiagnosisError) -> [(name: String, model: any RoleModel)] {
    let members = runs.map(\.observedMembers)
    var models: [(String, any RoleModel)] = []
    for role in Set(members.flatMap(\.keys)).sorted() {
      let own = zip(runs, members).compactMap { run, members in
        members[role].map { (run: run, members: $0) }
      }
      if let model = try model(of: own, role: role) { models.append((role, model)) }
    }
    return models
  }

  private func model(
    of runs: [(run: Run, members: [EntityPath])], role: String
  ) throws(DiagnosisError) -> (any RoleModel)? {
    let candidates = Self.channels(of: runs)
    guard !usesSurprise else {
      return RoleBaseline(fittedTo: runs, candidates: candidates, options: options, threads: threads)
    }
    do {
      return try SumModel(
        fittedTo: runs, candidates: candidates, leastObservedShare: options.leastObservedShare, seed: seed,
        threads: threads)
    } catch { throw DiagnosisError("role '\(role)': \(error)") }
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
    of runs: [Run], with models: [(name: String, model: any RoleModel)]
  ) -> [CleanScores] {
    let tasks = runs.flatMap { run in
      let members = run.observedMembers
      return models.compactMap { name, model in members[name].map { (run: run, name: name, model: model, members: $0) }
      }
    }
    return parallelMap(count: tasks.count, threads: threads) { index in
      let task = tasks[index]
      return CleanScores(
        role: task.name, members: task.members, series: scores(of: task.run, task.members, with: task.model))
    }
  }

  private func scores(of run: Run, _ members: [EntityPath], with model: any RoleModel) -> [[Float]] {
    var stream = model.makeStream(options: options)
    for member in members { stream.add(member) }
    let layout = RoleLayout(members, channels: model.channels, in: run.metadata.layers)
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

  /// Every channel of the layers that have one of the members, layer after layer.
  private static func channels(of runs: [(run: Run, members: [EntityPath])]) -> [ChannelReference] {
    var found: [ChannelReference] = []
    for layer in TelemetryLayer.allCases {
      var names: Set<String> = []
      for (run, members) in runs {
        guard let series = run[layer], !Set(series.entities).isDisjoint(with: members) else { continue }
        for channel in series.channels where names.insert(channel.name).inserted {
          found.append(ChannelReference(layer: layer, channel: channel))
        }
      }
    }
    return found
  }
}
