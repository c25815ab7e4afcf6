/// The order in which the stages of a pipeline take their micro-batches, and the times that follow from it.
///
/// Reference: Narayanan et al., "PipeDream", SOSP 2019: one forward, one backward (1F1B).
package struct Pipeline: Sendable {
  /// When each stage began each pass, `[stage][micro-batch]`; empty where there is no such pass.
  package private(set) var forwardStart: [[Double]]
  package private(set) var backwardStart: [[Double]]
  /// When each stage ended its last pass.
  package private(set) var last: [Double]

  /// - Parameters:
  ///   - forward: Seconds of each forward pass, `[stage][micro-batch]`.
  ///   - backward: Seconds of each backward pass; empty when there is none.
  ///   - transfer: Seconds from each stage to the next.
  ///   - start: When each stage is ready to begin.
  package init(forward: [[Double]], backward: [[Double]], transfer: [Double], start: [Double]) {
    let stages = forward.count
    let count = forward[0].count
    let trains = !backward.isEmpty
    forwardStart = [[Double]](repeating: [Double](repeating: 0, count: count), count: stages)
    backwardStart = trains ? forwardStart : []
    last = start
    var done = [(forward: Int, backward: Int)](repeating: (0, 0), count: stages)
    var remaining = stages * count * (trains ? 2 : 1)
    while remaining > 0 {
      for stage in 0..<stages {
        while done[stage].forward < count || (trains && done[stage].backward < count) {
          let ahead = done[stage].forward - done[stage].backward
          let goesForward = !trains || (done[stage].forward < count && ahead < stages - stage)
          if goesForward {
            let m = done[stage].forward
            guard stage == 0 || done[stage - 1].forward > m else { break }
            let ready = stage == 0 ? 0 : forwardStart[stage - 1][m] + forward[stage - 1][m] + transfer[stage - 1]
            forwardStart[stage][m] = max(last[stage], ready)
            last[stage] = forwardStart[stage][m] + forward[stage][m]
            done[stage].forward += 1
          } else {
            let m = done[stage].backward
            guard stage == stages - 1 || done[stage + 1].backward > m else { break }
            let ready =
              stage == stages - 1 ? 0 : backwardStart[stage + 1][m] + backward[stage + 1][m] + transfer[stage]
            backwardStart[stage][m] = max(last[stage], ready)
            last[stage] = backwardStart[stage][m] + backward[stage][m]
            done[stage].backward += 1
          }
          remaining -= 1
        }
      }
    }
  }
}
