/// The collectives that the ranks of one stage enter in one training step, in order.
struct CollectiveProgram: Sendable {
  /// A kind of process group: which ranks of a job belong together.
  enum Group: Int, CaseIterable, Sendable {
    case world, data, tensor, context, expert, pipeline, expertData

    /// What Megatron calls it.
    var description: String {
      switch self {
      case .world: "default_pg"
      case .data: "DATA_PARALLEL_GROUP_WITH_CP"
      case .tensor: "TENSOR_MODEL_PARALLEL_GROUP"
      case .context: "CONTEXT_PARALLEL_GROUP"
      case .expert: "EXPERT_MODEL_PARALLEL_GROUP"
      case .pipeline: "PIPELINE_MODEL_PARALLEL_GROUP"
      case .expertData: "EXPERT_DATA_PARALLEL_GROUP"
      }
    }
  }

  /// A part of a step.
  enum Phase: Sendable, Hashable {
    case forward(Int), backward(Int)
    /// Reduction of gradients, norm of gradients, gathering of parameters.
    case reduce, norm, gather
  }

  /// What is called.
  enum Call: Int, CaseIterable, Sendable {
    case reduceTensors, gatherSequences, dispatch, combine, send, receive
    case scatterGradients, scatterExpertGradients, norm, gatherParameters, gatherExpertParameters
  }

  struct Operation: Sendable {
    let group: Group
    let call: Call
    let phase: Phase
    /// When it ends, as a part of its phase.
    let end: Double
  }

  let operations: [Operation]
  /// How many of them lie in the passes.
  let passCount: Int

  /// - Parameter stage: The stage of the ranks; its place decides about messages and their order.
  init(_ workload: TrainingWorkload, _ map: RankMap, stage: Int) {
    var operations: [Operation] = []
    for phase in Self.order(stage: stage, of: map.pipeline, microBatches: workload.microBatches) {
      operations += Self.pass(phase, workload, map, stage: stage)
    }
    passCount = operations.count
    func add(_ group: Group, _ call: Call, _ phase: Phase, _ end: Double) {
      operations.append(Operation(group: group, call: call, phase: phase, end: end))
    }
    let hasCopies = map.expertGroups > 1 && map.expert > 1
    if hasCopies { add(.expertData, .scatterExpertGradients, .reduce, 0.3) }
    if map.positions > 1 { add(.data, .scatterGradients, .reduce, 1) }
    add(.world, .norm, .norm, 1)
    if hasCopies { add(.expertData, .gatherExpertParameters, .gather, 0.3) }
    if map.positions > 1 { add(.data, .gatherParameters, .gather, 1) }
    self.operations = operations
  }

  /// The passes of a stage: as many forward as there are stages behind it, then one of each in turn, then the rest.
  ///
  /// Reference: Narayanan et al., "PipeDream-2BW", ICML 2021.
  private static func order(stage: Int, of stages: Int, microBatches: Int) -> [Phase] {
    let ahead = min(stages - stage - 1, microBatches)
    var phases = (0..<ahead).map { Phase.forward($0) }
    for batch in ahead..<microBatches {
      phases.append(.forward(batch))
      phases.append(.backward(batch - ahead))
    }
    return phases + (microBatches - ahead..<microBatches).map { Phase.backward($0) }
  }

  private static func pass(
    _ phase: Phase, _ workload: TrainingWorkload, _ map: RankMap, stage: Int
  ) -> [Operation] {
    var isForward = false
    if case .forward = phase { isForward = true }
    var calls: [(Group, Call)] = []
    if map.tensor > 1 { calls.append((.tensor, .reduceTensors)) }
    if map.context > 1 { calls.append((.context, .gatherSequences)) }
    if map.expert > 1 { calls += [(.expert, .dispatch), (.expert, .combine)] }
    let layers = workload.layersPerStage
    let steps = Double(layers * max(1, calls.count))
    var operations: [Operation] = []
    let (before, after) = isForward ? (stage > 0, stage < map.pipeline - 1) : (stage < map.pipeline - 1, stage > 0)
    if before { operations.append(Operation(group: .pipeline, call: .receive, phase: phase, end: 0)) }
    for layer in 0..<layers {
      for (place, call) in (isForward ? calls : calls.reversed()).enumerated() {
        let end = Double(layer * calls.count + place + 1) / steps
        operations.append(Operation(group: call.0, call: call.1, phase: phase, end: end))
      }
    }
    if after { operations.append(Operation(group: .pipeline, call: .send, phase: phase, end: 1)) }
    return operations
  }
}

extension RankMap {
  /// The ranks that form a group with a rank, in order, and the number of that group among those of its kind.
  func members(_ group: CollectiveProgram.Group, of rank: Int) -> (ranks: [Int], number: Int) {
    let stage = stage(of: rank)
    let (position, slice) = (position(of: rank), tensorIndex(of: rank))
    let first = stage * stageSize
    func at(_ positions: some Sequence<Int>) -> [Int] { positions.map { first + $0 * tensor + slice } }
    switch group {
    case .world: return (Array(0..<count), 0)
    case .data: return (at(0..<positions), stage * tensor + slice)
    case .tensor:
      let start = first + position * tensor
      return (Array(start..<start + tensor), start / tensor)
    case .context:
      let start = position / context * context
      return (at(start..<start + context), (stage * positions + start) * tensor + slice)
    case .expert:
      let start = position / expert * expert
      return (at(start..<start + expert), (stage * positions + start) * tensor + slice)
    case .pipeline: return ((0..<pipeline).map { $0 * stageSize + rank % stageSize }, rank % stageSize)
    case .expertData:
      let own = position % expert
      return (at(stride(from: own, to: positions, by: expert)), (stage * expert + own) * tensor + slice)
    }
  }
}
