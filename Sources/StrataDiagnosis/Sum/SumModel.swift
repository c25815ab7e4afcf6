import StrataTelemetry
import StrataTensor

/// What is normal for entities that have no peers: each is compared with its own clean time (``EntityParts``).
///
/// An entity without clean time of its own is compared with that of all entities of its role together.
struct SumModel: RoleDetector {
  static let method = "sum of four"
  static let foldCount = 2
  static let isCalibratedByEntity = true
  /// The fewest clean samples that windows and clusters can be fitted to.
  static let smallestSampleCount = 200

  let channels: [ChannelReference]
  let members: [EntityPath]
  /// Per member, and one for all together where there are several.
  let parts: [EntityParts]

  /// What an entity is compared with.
  func parts(of entity: EntityPath) -> EntityParts { parts[place(of: entity) ?? parts.count - 1] }

  func makeStream(options: SurpriseOptions) -> any RoleStream { SumStream(self) }
}

extension SumModel {
  init?(fittedTo cleanTime: RoleCleanTime) throws(DiagnosisError) {
    members = cleanTime.members
    var stretches: [EntityPath: [NDArray]] = [:]
    for (run, own) in cleanTime.runs {
      if run.sampleCount < Self.smallestSampleCount {
        throw DiagnosisError(
          "the \(Self.method) needs parts of \(Self.smallestSampleCount) clean samples, one of run '\(run.name)' has "
            + "\(run.sampleCount)")
      }
      for member in own { stretches[member, default: []].append(cleanTime.samples(of: member, in: run)) }
    }
    let present = Self.observedColumns(
      members.flatMap { stretches[$0]! }, least: cleanTime.options.leastObservedShare)
    guard !present.isEmpty else { return nil }
    channels = present.map { cleanTime.channels[$0] }
    let own = members.map { member in stretches[member]!.map { $0.selecting(columns: present) } }
    let clean = members.count > 1 ? own + [Self.latest(own)] : own
    do {
      parts = try parallelMap(count: clean.count, threads: cleanTime.threads) { index in
        try EntityParts(fittedTo: clean[index], seed: cleanTime.seed &+ UInt64(index) &* 0x9E37_79B9_7F4A_7C15)
      }
    } catch { throw DiagnosisError("\(error)") }
  }

  /// As much of the end of every member's clean time as all members together may have, so that what they have in common
  /// costs no more than one of them.
  private static func latest(_ members: [[NDArray]]) -> [NDArray] {
    let room = max(EntityParts.memory / members.count, smallestSampleCount)
    return members.compactMap { stretches in
      stretches.last.map { $0.rows(max($0.shape[0] - room, 0)..<$0.shape[0]) }
    }
  }

  private static func observedColumns(_ stretches: [NDArray], least: Float) -> [Int] {
    let width = stretches[0].shape[1]
    var counts = [Int](repeating: 0, count: width)
    for rows in stretches {
      rows.withElements { x in for index in x.indices where x[index].isFinite { counts[index % width] += 1 } }
    }
    let total = stretches.reduce(0) { $0 + $1.shape[0] }
    return counts.indices.filter { Float(counts[$0]) > least * Float(total) }
  }
}

extension SumModel {
  var arrays: [(name: String, array: NDArray)] {
    parts.enumerated().flatMap { index, parts in
      parts.arrays.map { (name: "\(index).\($0.name)", array: $0.array) }
    }
  }

  init?(channels: [ChannelReference], members: [EntityPath], read: (_ name: String, _ shape: [Int]) -> NDArray?) {
    guard !members.isEmpty else { return nil }
    var parts: [EntityParts] = []
    for index in 0..<(members.count > 1 ? members.count + 1 : 1) {
      guard let own = EntityParts(width: channels.count, read: { read("\(index).\($0)", $1) }) else { return nil }
      parts.append(own)
    }
    self.init(channels: channels, members: members, parts: parts)
  }
}

extension EntityParts {
  var arrays: [(name: String, array: NDArray)] {
    let width = columns.means.count
    return [
      ("columns", NDArray([2, width], columns.means + columns.deviations)),
      ("gaps", NDArray([width], longestGaps.map { Float($0) })), ("rows", concatenate(stretches, axis: 0)),
      ("lengths", NDArray([stretches.count], stretches.map { Float($0.shape[0]) })), ("centres", centres),
      ("directions", subspace.directions), ("residuals", NDArray([width], residualDeviations)),
      ("contrast.means", contrast.means), ("contrast.whitening", contrast.whitening),
      ("scales", NDArray([2, Self.partCount], scales.map { Float($0.mean) } + scales.map { Float($0.deviation) })),
    ]
  }

  /// Parts of what a file holds; `nil` where the file contradicts itself.
  init?(width: Int, read: (_ name: String, _ shape: [Int]) -> NDArray?) {
    guard let columns = read("columns", [2, width])?.elements, let gaps = read("gaps", [width])?.elements,
      let rows = read("rows", [-1, width]), let lengths = read("lengths", [-1])?.elements,
      let centres = read("centres", [-1, Self.shapeWindow * width]), let directions = read("directions", [-1, width]),
      let residuals = read("residuals", [width])?.elements, let means = read("contrast.means", [width]),
      let whitening = read("contrast.whitening", [width, width]),
      let scales = read("scales", [2, Self.partCount])?.elements,
      [
        columns, gaps, rows.elements, lengths, centres.elements, directions.elements, residuals, means.elements,
        whitening.elements, scales,
      ].allSatisfy({ $0.allSatisfy(\.isFinite) }),
      columns[width...].allSatisfy({ $0 > 0 }), residuals.allSatisfy({ $0 > 0 }),
      scales[Self.partCount...].allSatisfy({ $0 > 0 }), gaps.allSatisfy({ $0 >= -1 && $0 < 1e9 }),
      lengths.allSatisfy({ $0 >= 1 && $0 < 1e9 && $0 == $0.rounded() }),
      !lengths.isEmpty, lengths.reduce(0, { $0 + Int($1) }) == rows.shape[0], centres.shape[0] > 0,
      rows.elements.allSatisfy({ abs($0) <= Self.largestDeviation })
    else { return nil }
    var start = 0
    let stretches = lengths.map { length in
      defer { start += Int(length) }
      return rows.rows(start..<start + Int(length))
    }
    self.init(
      columns: ColumnStatistics(means: Array(columns[..<width]), deviations: Array(columns[width...])),
      longestGaps: gaps.map { Int($0) }, stretches: stretches, centres: centres,
      subspace: PrincipalSubspace(directions: directions), residualDeviations: residuals,
      contrast: ShrunkGaussian(means: means, whitening: whitening),
      scales: (0..<Self.partCount).map {
        ScoreScale(mean: Double(scales[$0]), deviation: Double(scales[Self.partCount + $0]))
      })
  }
}
