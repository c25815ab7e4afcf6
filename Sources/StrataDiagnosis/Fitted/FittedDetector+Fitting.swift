import StrataEvaluation
public import StrataTelemetry
import StrataTensor

extension FittedDetector {
  /// The fewest clean samples that a detector can be fitted to: two halves, each long enough for averages and quantiles.
  public static let smallestSampleCount = 60

  /// Fits a detector to clean time.
  ///
  /// The statistics come from all of it. The calibration comes from scores that each half of the time gets with the
  /// statistics of the other half, so that no score is calibrated in the time that standardised it (cross-conformal
  /// prediction: Vovk, "Cross-conformal predictors", 2015).
  ///
  /// The result does not depend on `threads`.
  ///
  /// - Parameters:
  ///   - runs: Time without faults.
  ///   - policy: The budget, and the gap that merges alarms.
  ///   - options: How deviations become scores.
  ///   - provenance: What the detector is made with.
  ///   - threads: How many threads work.
  /// - Throws: ``DiagnosisError`` when there is too little time, or the clocks of the runs differ.
  /// - Complexity: O(samples · entities · channels), three times.
  public init(
    cleanTime runs: [Run], policy: AlarmPolicy, options: SurpriseOptions = SurpriseOptions(), provenance: Provenance,
    threads: Int
  ) throws(DiagnosisError) {
    guard let first = runs.first else { throw DiagnosisError("there is no run to fit a detector to") }
    if let other = runs.first(where: { $0.interval != first.interval }) {
      throw DiagnosisError(
        "run '\(first.name)' is sampled every \(first.interval) s and run '\(other.name)' every \(other.interval) s: fit "
          + "one detector per interval")
    }
    if let short = runs.first(where: { $0.sampleCount < Self.smallestSampleCount }) {
      throw DiagnosisError(
        "run '\(short.name)' has \(short.sampleCount) clean samples; a detector needs \(Self.smallestSampleCount) "
          + "(\(Double(Self.smallestSampleCount) * short.interval) s at this interval)")
    }
    let rated = runs.map { $0.withCountersAsRates() }
    let baselines = Self.baselines(of: rated, options: options, threads: threads)
    guard !baselines.isEmpty else { throw DiagnosisError("no entity has a channel that was observed half of the time") }
    let halves = rated.map { run in
      let middle = run.sampleCount / 2
      return (run.selecting(samples: 0..<middle), run.selecting(samples: middle..<run.sampleCount))
    }
    let gap = policy.rule(interval: first.interval).gap
    var scores: [String: [[[Float]]]] = [:]
    for (fitted, scored) in [(halves.map(\.0), halves.map(\.1)), (halves.map(\.1), halves.map(\.0))] {
      let own = Self.baselines(of: fitted, options: options, threads: threads)
      for run in scored {
        for (role, series) in Self.surprises(of: run, with: own, options: options, threads: threads) {
          scores[role, default: []].append(series)
        }
      }
    }
    let nodes = rated.map(\.nodeCount)
    let members = rated.map(\.observedMembers)
    let roles = baselines.compactMap { baseline -> FittedRole? in
      guard let clean = scores[baseline.name], clean.contains(where: { !$0.isEmpty }) else { return nil }
      let count = members.reduce(0) { $0 + ($1[baseline.name]?.count ?? 0) }
      let nodesPerEntity = Double(nodes.reduce(0, +)) / Double(max(count, 1))
      return FittedRole(
        baseline: baseline, calibration: ScoreCalibration(clean, gap: gap),
        budgetShare: nodesPerEntity / Double(baselines.count))
    }
    self.init(
      interval: first.interval, options: options, policy: policy,
      cleanTime: zip(rated, nodes).map { CleanTime(run: $0.name, sampleCount: $0.sampleCount, nodeCount: $1) },
      provenance: provenance, roles: roles)
  }

  /// The baselines of all roles of some runs, by name.
  private static func baselines(of runs: [Run], options: SurpriseOptions, threads: Int) -> [RoleBaseline] {
    let members = runs.map(\.observedMembers)
    return Set(members.flatMap(\.keys)).sorted().compactMap { role in
      let own = zip(runs, members).compactMap { run, members in
        members[role].map { (run: run, members: $0) }
      }
      return RoleBaseline(
        fitting: role, to: own, candidates: channels(of: own), options: options, threads: threads)
    }
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

  /// The surprises of all members of each role, once the first scores are complete.
  private static func surprises(
    of run: Run, with baselines: [RoleBaseline], options: SurpriseOptions, threads: Int
  ) -> [(String, [[Float]])] {
    let members = run.observedMembers
    let followed = baselines.filter { members[$0.name] != nil }
    let scored = parallelMap(count: followed.count, threads: threads) { index in
      let baseline = followed[index]
      var stream = SurpriseStream(baseline, options: options)
      for member in members[baseline.name]! { stream.add(member) }
      let layout = RoleLayout(stream.members, channels: baseline.channels, in: run.metadata.layers)
      var result = stream.members.map { _ in [Float]() }
      var row = [Float](repeating: .nan, count: stream.members.count * baseline.channels.count)
      for time in 0..<run.sampleCount {
        layout.copyRow(time, of: run, into: &row)
        let scores = row.withUnsafeBufferPointer { stream.push($0) }
        guard time >= options.persistence - 1 else { continue }
        for member in scores.indices { result[member].append(scores[member]) }
      }
      return result
    }
    return Array(zip(followed.map(\.name), scored))
  }
}
