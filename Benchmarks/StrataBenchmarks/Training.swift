import Benchmark
import Strata

/// Steps of the reference model: gathering windows, forward, backward, clipping and AdamW.
func registerTraining() {
  let (model, windows) = (ReferenceModel.smallTCN, 64)
  for threads in 1...2 {
    measure(
      "training: step of \(windows) windows, \(threads) thread\(threads == 1 ? "" : "s")",
      .operations(windows * model.trainingOperationsPerWindow(batch: windows))
    ) {
      let step = try ReferenceWorks(model, threads: threads, seed: 1).trainingStep(windows, threads: threads)
      return { try step.work() }
    }
  }
}
