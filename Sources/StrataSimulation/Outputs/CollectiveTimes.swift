/// When the collectives of a rank began and ended in one step, in seconds from the start of the run.
///
/// A kernel runs from when the rank has entered it until the bytes of the slowest member have moved: the rank's waiting and
/// moving, which the engine knows per step, in equal parts.
struct CollectiveTimes {
  private let job: TrainingJob
  private let program: CollectiveProgram
  private let step: Step
  private let rank: Int
  private let start: Double
  /// Seconds of one exchange and of one message.
  private let exchange: Double
  private let message: Double

  /// How long before its kernel a collective is put into the queue.
  static let lead = 0.0015

  init(_ job: TrainingJob, _ program: CollectiveProgram, _ step: Step, rank: Int, start: Double) {
    (self.job, self.program, self.step, self.rank, self.start) = (job, program, step, rank, start)
    let own = step.ranks[rank]
    let passes = program.operations.prefix(program.passCount)
    let receives = passes.count { $0.call == .receive }
    exchange = (own.wait + own.transfer) / Double(max(1, passes.count { $0.group != .pipeline }))
    message = own.pipelineWait / Double(max(1, receives))
  }

  func times(of operation: CollectiveProgram.Operation) -> (started: Double, ended: Double) {
    let map = job.map
    let block = step.blocks[map.stage(of: rank) * map.blocks + map.block(of: rank)]
    let stage = step.stages[map.stage(of: rank)]
    switch operation.phase {
    case .forward(let batch):
      return pass(operation, block.forwardStart[batch], block.forward[batch])
    case .backward(let batch):
      return pass(operation, block.backwardStart[batch], block.backward[batch])
    case .reduce:
      let begin = min(block.last, stage.reduceEnd)
      return (start + begin, start + max(begin, begin + (stage.reduceEnd - begin) * operation.end))
    case .norm:
      let end = step.stages.reduce(0) { max($0, $1.reduceEnd) }
      return (start + stage.reduceEnd, start + end + 1e-4)
    case .gather:
      let begin = max(stage.gatherStart, stage.reduceEnd)
      return (start + begin, start + max(begin, begin + (step.duration - begin) * operation.end))
    }
  }

  private func pass(
    _ operation: CollectiveProgram.Operation, _ begin: Double, _ seconds: Double
  ) -> (started: Double, ended: Double) {
    let end = start + begin + seconds * operation.end
    switch operation.call {
    case .send: return (end, end + 1e-3)
    case .receive: return (end - message, end)
    default: return (end - min(exchange, seconds), end)
    }
  }
}
