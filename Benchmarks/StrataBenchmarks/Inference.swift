import Benchmark
import Strata

/// Embedding and judging windows by the frozen reference model: one in a session, and a batch on one and on two threads.
func registerInference() {
  let model = ReferenceModel.smallTCN, windows = 64
  for precision in Precision.allCases {
    measure("inference: 1 window, \(precision.rawValue)", .operations(model.operationsPerWindow)) {
      let window = try ReferenceWorks(model, threads: 1, seed: 1).window(precision)
      return { try window.work() }
    }
    for threads in 1...2 {
      measure(
        "inference: \(windows) windows, \(precision.rawValue), \(threads) thread\(threads == 1 ? "" : "s")",
        .operations(windows * model.operationsPerWindow)
      ) {
        let batch = try ReferenceWorks(model, threads: threads, seed: 1).windows(windows, precision, threads: threads)
        return { try batch.work() }
      }
    }
  }
}
