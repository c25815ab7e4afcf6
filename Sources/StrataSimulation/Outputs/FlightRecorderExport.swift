import StrataTelemetry
import StrataTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes the flight recorders of a job's ranks whenever it hangs until the watchdog ends it, or crashes.
///
/// The records of the last steps are kept as the engine made them; a rank's recorder is made from them when it is written,
/// so that one at a time is in memory.
struct FlightRecorderExport: ~Copyable {
  private var folder: AsideFolder
  private let replaces: Bool
  private let world: World
  private let acting: [Int]
  private let clocks: [Double]
  private let capacity: Int
  private var memories: [JobMemory]
  private var dumps: [Dump] = []

  /// What is known of a job that may have to dump.
  private struct JobMemory {
    let programs: [CollectiveProgram]
    /// How many steps fill a recorder.
    let length: Int
    var steps: [TrainingIteration] = []
    var stall: Stall?
  }

  /// A step that does not end.
  private struct Stall {
    let time: Double
    let iteration: Int
    let unfinished: TrainingIteration?
    let blockages: [Int: StalledStep.Blockage]
    let missing: Set<Int>
  }

  /// A line of the index.
  private struct Dump: Encodable {
    let folder: String
    let job: String
    let reason: String
    let time: Double
    let iteration: Int
    let ranks: Int
    let missingRanks: [Int]
  }

  /// Bytes of steps that are kept for each job.
  private static let memory = 64 << 20

  init(
    folder: String, _ world: World, acting: [Int], clocks: [Double], capacity: Int, replaces: Bool
  ) throws(FileError) {
    self.folder = try AsideFolder(for: folder)
    (self.world, self.acting, self.clocks, self.capacity) = (world, acting, clocks, capacity)
    self.replaces = replaces
    memories = world.training.map { job in
      let programs = (0..<job.map.pipeline).map { CollectiveProgram(job.workload, job.map, stage: $0) }
      let least = programs.map(\.operations.count).min() ?? 1
      let affordable = Self.memory / (job.map.count * MemoryLayout<RankStep>.stride)
      return JobMemory(programs: programs, length: max(2, min(affordable, capacity / max(1, least) + 1)))
    }
  }

  mutating func append(_ block: RecordedBlock) throws(FileError) {
    for job in memories.indices {
      for event in block.lines[job] { try take(event, job, repaired: block.repaired) }
    }
  }

  /// Completes the folder.
  consuming func complete() throws(FileError) {
    try writeJSON(dumps, to: "\(folder.path)/\(SimulationOutputs.flightRecorderIndex)", as: folder.destination)
    try folder.complete(replacing: replaces)
  }

  private mutating func take(_ event: TrainingEvent, _ job: Int, repaired: [Int: Double]) throws(FileError) {
    switch event {
    case .validated: break
    case .iteration(let iteration):
      memories[job].steps.append(iteration)
      if memories[job].steps.count > memories[job].length { memories[job].steps.removeFirst() }
    case .entered(.hung, let time, let iteration, let unfinished):
      let broken = blockages(job, at: time, repaired: repaired)
      memories[job].stall = Stall(
        time: time, iteration: iteration, unfinished: unfinished, blockages: broken.blockages, missing: broken.missing)
    case .entered(.down, let time, let iteration, let unfinished):
      if let stall = memories[job].stall {
        try dump(job, stall, reason: "hang", at: time)
      } else if let stall = crash(job, at: time, iteration, unfinished) {
        try dump(job, stall, reason: "crash", at: time)
      }
      memories[job].stall = nil
      memories[job].steps = []
    case .entered: memories[job].stall = nil
    }
  }

  /// The ranks that let no collective end at a moment, and those of them that cannot dump.
  private func blockages(
    _ job: Int, at time: Double, repaired: [Int: Double]
  ) -> (blockages: [Int: StalledStep.Blockage], missing: Set<Int>) {
    let conditions = world.conditions(at: time + 1e-6, faults: acting, repaired: repaired.filter { $0.value <= time })
    let (stuck, gone) = (conditions[.stuck], conditions[.offBus])
    let down = conditions[HostQuantity.down]
    var blockages: [Int: StalledStep.Blockage] = [:]
    var missing: Set<Int> = []
    for (rank, device) in world.training[job].devices.enumerated()
    where conditions.blocks(device, in: world.cluster) {
      let isDown = down[world.cluster.host(of: device)] >= 0.5
      let isGone = isDown || gone[device] >= 0.5
      blockages[rank] = isGone || stuck[device] >= 0.5 ? .absent : .silent
      // A process dumps as long as its host runs and its GPU answers.
      if isGone { missing.insert(rank) }
    }
    return (blockages, missing)
  }

  /// What a fault that ended the job at a moment did to its ranks; nil when the job was stopped on purpose.
  private func crash(
    _ job: Int, at time: Double, _ iteration: Int, _ unfinished: TrainingIteration?
  ) -> Stall? {
    let own = world.training[job]
    let tick = min(1, world.scenario.interval)
    func isNear(_ moment: Double) -> Bool { (moment - tick...moment + 2 * tick).contains(time) }
    let near = acting.map { world.plan.faults[$0] }.filter { isNear($0.onset) }
    if near.contains(where: \.card.atRestart) { return nil }
    let isPlanned = world.plan.episodes.contains {
      $0.kind == .plannedRestart && $0.targets.jobs.contains(job) && (isNear($0.onset) || isNear($0.end))
    }
    if isPlanned { return nil }
    let ranks = Dictionary(uniqueKeysWithValues: own.devices.enumerated().map { ($1, $0) })
    for fault in near where fault.card.outcome == .crash || fault.card.outcome == .abort {
      let hit = fault.devices.compactMap { ranks[$0] }
      guard !hit.isEmpty, hit.count < own.devices.count else { continue }
      let isDead = fault.card.outcome == .crash
      return Stall(
        time: time, iteration: iteration, unfinished: unfinished,
        blockages: Dictionary(uniqueKeysWithValues: hit.map { ($0, isDead ? .absent : .silent) }),
        missing: isDead ? Set(hit) : [])
    }
    // All ranks end where they are.
    return Stall(
      time: time, iteration: iteration, unfinished: unfinished,
      blockages: Dictionary(uniqueKeysWithValues: own.devices.indices.map { ($0, .silent) }), missing: [])
  }

  private mutating func dump(_ job: Int, _ stall: Stall, reason: String, at time: Double) throws(FileError) {
    let own = world.training[job]
    let name = "\(own.path.last)-\(dumps.count)"
    let path = "\(folder.path)/\(name)"
    guard mkdir(path, 0o755) == 0 else { throw .last(folder.destination, "written") }
    let writer = FlightRecorderWriter(folder: path, missingRanks: stall.missing)
    let progress = stall.unfinished.map { 1 - ($0.time - stall.time) / max($0.step.duration, 1e-3) } ?? 0
    let stalled = StalledStep(
      own.map, memories[job].programs, blockages: stall.blockages, hosts: own.hosts, progress: max(0, progress))
    for rank in 0..<own.map.count where !stall.missing.contains(rank) {
      try writer.write(recorder(of: rank, job, stall, stalled), rank: rank)
    }
    dumps.append(
      Dump(
        folder: name, job: own.path.description, reason: reason, time: world.scenario.start + time,
        iteration: stall.iteration, ranks: own.map.count, missingRanks: stall.missing.sorted()))
  }

  private func recorder(of rank: Int, _ job: Int, _ stall: Stall, _ stalled: StalledStep) -> FlightRecorder {
    let own = world.training[job]
    let program = memories[job].programs[own.map.stage(of: rank)]
    let groups = RankGroups(own, rank: rank)
    let clock = clocks[own.hosts[rank]]
    var recorder = FlightRecorder(groups: groups.groups, calls: groups.calls, capacity: capacity)
    func nanoseconds(_ time: Double) -> Int {
      let whole = world.scenario.start.rounded(.down)
      return Int(whole) * 1_000_000_000 + Int(((world.scenario.start - whole + time + clock) * 1e9).rounded())
    }
    for iteration in memories[job].steps {
      let times = CollectiveTimes(
        own, program, iteration.step, rank: rank, start: iteration.time - max(iteration.step.duration, 1e-3))
      for operation in program.operations {
        let (started, ended) = times.times(of: operation)
        recorder.record(
          CollectiveRecord(
            group: groups.place(of: operation.group), call: groups.call(operation),
            created: nanoseconds(started - CollectiveTimes.lead), started: nanoseconds(started),
            completed: nanoseconds(max(started, ended))))
      }
    }
    // The step that does not end goes by the plan that was made for it, or by the last one.
    let plan = (stall.unfinished ?? memories[job].steps.last).map { last in
      CollectiveTimes(
        own, program, last.step, rank: rank,
        start: stall.unfinished == nil ? stall.time : last.time - max(last.step.duration, 1e-3))
    }
    let entered = stalled.completed[rank] + (stalled.isWaiting[rank] ? 1 : 0)
    for (place, operation) in program.operations.prefix(entered).enumerated() {
      let (started, ended) = plan?.times(of: operation) ?? (stall.time, stall.time)
      recorder.record(
        CollectiveRecord(
          group: groups.place(of: operation.group), call: groups.call(operation),
          created: nanoseconds(started - CollectiveTimes.lead), started: nanoseconds(started),
          completed: place < stalled.completed[rank] ? nanoseconds(max(started, ended)) : nil))
    }
    return recorder
  }
}

/// The process groups of a rank and what their collectives are called with.
private struct RankGroups {
  let groups: [ProcessGroup]
  let calls: [CollectiveCall]
  private let places: [Int]

  init(_ job: TrainingJob, rank: Int) {
    let map = job.map
    var groups: [ProcessGroup] = []
    var places = [Int](repeating: 0, count: CollectiveProgram.Group.allCases.count)
    // Every kind has numbers of its own; no job has a million groups of one kind.
    for group in CollectiveProgram.Group.allCases {
      let (ranks, number) = map.members(group, of: rank)
      guard group == .world || ranks.count > 1 else { continue }
      places[group.rawValue] = groups.count
      groups.append(
        ProcessGroup(
          name: group == .world ? "0" : "\(group.rawValue * 1_000_000 + number)", description: group.description,
          ranks: ranks, timeoutInMilliseconds: Int(job.workload.watchdog * 1000)))
    }
    (self.groups, self.places) = (groups, places)
    calls = Self.calls(job, stage: map.stage(of: rank))
  }

  func place(of group: CollectiveProgram.Group) -> Int { places[group.rawValue] }

  /// The place of a call; messages backward come after all others.
  func call(_ operation: CollectiveProgram.Operation) -> Int {
    guard operation.group == .pipeline, case .backward = operation.phase else { return operation.call.rawValue }
    return CollectiveProgram.Call.allCases.count + (operation.call == .send ? 0 : 1)
  }

  private static func calls(_ job: TrainingJob, stage: Int) -> [CollectiveCall] {
    let (workload, map) = (job.workload, job.map)
    let tokens = max(1, workload.tokensPerDevice / workload.microBatches)
    let hidden = max(1, Int(workload.bytesPerToken / 2))
    let share = max(1, tokens / map.tensor)
    let dense = max(1, Int(workload.denseGradientBytes / 4))
    let experts = max(1, Int(workload.expertGradientBytes / 4))
    func call(
      _ name: String, _ input: [Int], _ output: [Int], _ type: String = "BFloat16", isMessage: Bool = false
    ) -> CollectiveCall {
      CollectiveCall(
        name, inputs: [.init(sizes: input, elementType: type)], outputs: [.init(sizes: output, elementType: type)],
        isPointToPoint: isMessage)
    }
    func message(_ name: String, _ arrow: String, _ other: Int) -> CollectiveCall {
      call("\(name) \(stage)\(arrow)\(other)", [share, hidden], [share, hidden], isMessage: true)
    }
    let pairs = share * workload.expertsPerToken
    let known = CollectiveProgram.Call.allCases.map { which in
      switch which {
      case .reduceTensors: call("all_reduce", [tokens, hidden], [tokens, hidden])
      case .gatherSequences:
        call("_all_gather_base", [max(1, share / map.context), hidden], [share, hidden])
      case .dispatch, .combine: call("all_to_all", [pairs, hidden], [pairs, hidden])
      case .send: message("send", "->", stage + 1)
      case .receive: message("recv", "<-", stage - 1)
      case .scatterGradients: call("_reduce_scatter_base", [dense], [max(1, dense / map.positions)], "Float")
      case .scatterExpertGradients:
        call("_reduce_scatter_base", [experts], [max(1, experts / map.expertGroups)], "Float")
      case .norm: call("all_reduce", [1], [1], "Float")
      case .gatherParameters: call("_all_gather_base", [max(1, dense / map.positions)], [dense])
      case .gatherExpertParameters: call("_all_gather_base", [max(1, experts / map.expertGroups)], [experts])
      }
    }
    return known + [message("send", "->", stage - 1), message("recv", "<-", stage + 1)]
  }
}
