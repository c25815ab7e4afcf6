import StrataSimulation
import StrataTensor
import TestSupport
import Testing

@Suite struct MegatronLogWriterTests {
  private let parallelism = MegatronLogWriter.Parallelism(worldSize: 256, data: 8, tensor: 4, pipeline: 8)

  private func log(_ write: (inout MegatronLogWriter) throws -> Void) throws -> String {
    let folder = TemporaryFolder()
    var writer = try MegatronLogWriter(path: folder("train.log"))
    try write(&writer)
    #expect(folder.names() != ["train.log"])
    try writer.complete()
    #expect(folder.names() == ["train.log"])
    return try folder.text(of: "train.log")
  }

  @Test func iterationHasEveryFieldInMegatronsOrder() throws {
    let text = try log { writer in
      try writer.write(
        IterationRecord(
          time: 1_795_366_522.5, iteration: 31_215, iterationCount: 115_311, consumedSamples: 47_770_544,
          secondsPerIteration: 9.75125, teraflopsPerGPU: 412.25, joulesPerGPU: 5200, learningRate: 5.279e-5,
          globalBatchSize: 2048, loss: 2.220424, loadBalancingLoss: 1.0213, zLoss: 0.0021, lossScale: 65536,
          gradientNorm: 0.9474, zeroGradientCount: 3, parameterNorm: 1423.5, skippedIterations: 1))
    }
    #expect(
      text == " [2026-11-22 16:55:22.500000] iteration    31215/  115311 | consumed samples:     47770544 "
        + "| elapsed time per iteration (ms): 9751.2 | throughput per GPU (TFLOP/s/GPU): 412.2 "
        + "| energy per GPU (J/iter/GPU): 5200.0 | power per GPU (W/GPU): 533.3 | learning rate: 5.279000E-05 "
        + "| global batch size:  2048 | lm loss: 2.220424E+00 | load_balancing_loss: 1.021300E+00 "
        + "| z_loss: 2.100000E-03 | loss scale: 65536.0 | grad norm: 0.947 | num zeros: 3.0 | params norm: 1423.500 "
        + "| number of skipped iterations:   1 | number of nan iterations:   0 |\n")
  }

  /// A loss that is not a number is left out, infinity is not: `if avg >= 0.0` in `training_log`.
  @Test func brokenIterationsAreWrittenAsPythonWritesThem() throws {
    let text = try log { writer in
      var record = IterationRecord(
        time: 0, iteration: 7, iterationCount: 10, consumedSamples: 56, secondsPerIteration: 0.0006,
        learningRate: 0, globalBatchSize: 8, loss: .nan, zLoss: .infinity, gradientNorm: .nan, skippedIterations: 1,
        nanIterations: 1)
      try writer.write(record)
      (record.loss, record.gradientNorm, record.zLoss) = (0, .infinity, nil)
      try writer.write(record)
    }
    let start = " [1970-01-01 00:00:00.000000] iteration        7/      10 | consumed samples:           56 "
    #expect(
      text == start + "| elapsed time per iteration (ms): 0.6 | learning rate: 0.000000E+00 | global batch size:     8 "
        + "| z_loss: INF | loss scale: 1.0 | grad norm: nan | number of skipped iterations:   1 "
        + "| number of nan iterations:   1 |\n" + start
        + "| elapsed time per iteration (ms): 0.6 | learning rate: 0.000000E+00 | global batch size:     8 "
        + "| lm loss: 0.000000E+00 | loss scale: 1.0 | grad norm: inf | number of skipped iterations:   1 "
        + "| number of nan iterations:   1 |\n")
  }

  @Test func startGoesFromTheArgumentsToTheFirstStep() throws {
    let text = try log { writer in
      try writer.writeStart(
        parallelism, randomSeed: 1234, ready: 951_782_400, begin: 951_868_799.999_999,
        checkpoint: (folder: "/ckpt", iteration: 1500))
    }
    #expect(
      text == """
        using world size: 256, data-parallel size: 8, context-parallel size: 1, \
        hierarchical context-parallel sizes: None, tensor-model-parallel size: 4, pipeline-model-parallel size: 8
        > initializing torch distributed ...
        > initialized tensor model parallel with size 4
        > initialized pipeline model parallel with size 8
        > setting random seeds to 1234 ...
         loading distributed checkpoint from /ckpt at iteration 1500
         checkpoint version 3.0
          successfully loaded checkpoint from /ckpt [ t 1/4, p 1/8 ] at iteration 1500
        [after model, optimizer, and learning rate scheduler are built] datetime: 2000-02-29 00:00:00.000000\(" ")
        done with setup ...
        training ...
        [before the start of training step] datetime: 2000-02-29 23:59:59.999999\(" ")

        """)
    let fresh = try log { try $0.writeStart(parallelism, randomSeed: 1, ready: 0, begin: 1) }
    #expect(!fresh.contains("checkpoint"))
  }

  @Test func evaluationsCheckpointsAndTimersHaveTheirBlocks() throws {
    let text = try log { writer in
      try writer.writeValidation(iteration: 7000, loss: 7.1742)
      try writer.writeCheckpointStart(iteration: 33_241, folder: "/ckpt")
      try writer.writeCheckpointEnd(iteration: 33_241, folder: "/ckpt", seconds: 57.51451...57.51453, parallelism)
      try writer.writeTimes(
        ["forward-backward", "idle", "optimizer"], seconds: [[9.10002, 9.2], [0, 0], [0, 0.01]])
      try writer.writeTimes(["idle"], seconds: [[0]])
      try writer.writeDate(of: "after training is done", time: -0.5)
    }
    let rule = String(repeating: "-", count: 96)
    #expect(
      text == """
        \(rule)
         validation loss at iteration 7000 | lm loss value: 7.174200E+00 | lm loss PPL: 1.305315E+03 |\(" ")
        \(rule)
        saving checkpoint at iteration   33241 to /ckpt in torch_dist format
          successfully saved checkpoint from iteration   33241 to /ckpt [ t 1/4, p 1/8 ]
        (min, max) time across ranks (ms):
            save-checkpoint ................................: (57514.51, 57514.53)
        times across ranks (ms):
          forward-backward:
             rank  0: 9100.02
             rank  1: 9200.00
          optimizer:
             rank  1: 10.00
        [after training is done] datetime: 1969-12-31 23:59:59.500000\(" ")

        """)
  }

  @Test func saysWhereItCannotWriteAndLeavesNothing() throws {
    let folder = TemporaryFolder()
    let path = folder("missing/train.log")
    let error = #expect(throws: FileError.self) { _ = try MegatronLogWriter(path: path) }
    #expect(error?.description == "\(path): cannot be created: No such file or directory")
    do {
      var writer = try MegatronLogWriter(path: folder("train.log"))
      for _ in 0..<100_000 { try writer.write(lines: "training ...") }
      #expect(folder.names().count == 1)
    }
    #expect(folder.names().isEmpty)
  }

  @Test func stopsAtTimesWithoutNames() async {
    let folder = TemporaryFolder()
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [path = folder("x") as String] in
      var writer = try MegatronLogWriter(path: path)
      try writer.writeTimes(["a"], seconds: [])
    }
    expectMessage("writeTimes: 1 names, 0 lists of times", from: result)
  }
}
