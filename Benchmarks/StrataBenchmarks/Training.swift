import Benchmark
import Strata

/// Steps of the reference model: gathering windows, forward, backward, clipping and AdamW.
func registerTraining() {
  let windows = 64
  for threads in 1...2 {
    measure(
      "training: step of \(windows) windows, \(threads) thread\(threads == 1 ? "" : "s")",
      .operations(ReferenceModel.trainingOperations(windows: windows))
    ) {
      let task = JointTrainingTask(
        windows: try ReferenceModel.windows(), objective: JointObjective(ReferenceModel.configuration.objective))
      let configuration = TrainingConfiguration(
        length: .steps(1), batch: windows, slice: windows / 2, optimizer: AdamW(learningRate: 0.001), clip: 1)
      let trainer = try Trainer(task, configuration: configuration, threads: threads)
      let start = trainer.start(with: ReferenceModel.make())
      return {
        var state = start
        _ = try trainer.train(&state)
      }
    }
  }
}
