public import StrataTensor

extension MegatronLogWriter {
  /// How the ranks of a job are split, as its log says at the start.
  public struct Parallelism: Hashable, Sendable {
    public var worldSize: Int
    public var data: Int
    public var context: Int
    public var tensor: Int
    public var pipeline: Int

    public init(worldSize: Int, data: Int, context: Int = 1, tensor: Int, pipeline: Int) {
      (self.worldSize, self.data, self.context) = (worldSize, data, context)
      (self.tensor, self.pipeline) = (tensor, pipeline)
    }

    /// What checkpoints say of the rank that prints, the first one.
    fileprivate var firstRank: String { "[ t 1/\(tensor), p 1/\(pipeline) ]" }
  }

  /// Writes the lines of a start up to the first iteration.
  ///
  /// - Parameters:
  ///   - parallelism: How the ranks are split.
  ///   - randomSeed: The seed of the job.
  ///   - ready: When the model is built, in seconds since 1970.
  ///   - begin: When the first step begins, in seconds since 1970.
  ///   - checkpoint: The folder and the iteration from which training goes on; nil for a fresh start.
  public mutating func writeStart(
    _ parallelism: Parallelism, randomSeed: Int, ready: Double, begin: Double,
    checkpoint: (folder: String, iteration: Int)? = nil
  ) throws(FileError) {
    try write(
      lines:
        "using world size: \(parallelism.worldSize), data-parallel size: \(parallelism.data), "
        + "context-parallel size: \(parallelism.context), hierarchical context-parallel sizes: None, "
        + "tensor-model-parallel size: \(parallelism.tensor), pipeline-model-parallel size: \(parallelism.pipeline)",
      "> initializing torch distributed ...",
      "> initialized tensor model parallel with size \(parallelism.tensor)",
      "> initialized pipeline model parallel with size \(parallelism.pipeline)",
      "> setting random seeds to \(randomSeed) ...")
    if let checkpoint {
      try write(
        lines: " loading distributed checkpoint from \(checkpoint.folder) at iteration \(checkpoint.iteration)",
        " checkpoint version 3.0",
        "  successfully loaded checkpoint from \(checkpoint.folder) \(parallelism.firstRank) "
          + "at iteration \(checkpoint.iteration)")
    }
    try writeDate(of: "after model, optimizer, and learning rate scheduler are built", time: ready)
    try write(lines: "done with setup ...", "training ...")
    try writeDate(of: "before the start of training step", time: begin)
  }

  /// Writes the line at which the ranks begin to save a checkpoint.
  public mutating func writeCheckpointStart(iteration: Int, folder: String) throws(FileError) {
    try writeCheckpoint("saving checkpoint at iteration ", iteration, " to \(folder) in torch_dist format\n")
  }

  /// Writes the lines at which a checkpoint is complete.
  ///
  /// - Parameters:
  ///   - iteration: The iteration that it holds.
  ///   - folder: Where checkpoints are.
  ///   - seconds: The shortest and the longest time over all ranks.
  ///   - parallelism: How the ranks are split.
  public mutating func writeCheckpointEnd(
    iteration: Int, folder: String, seconds: ClosedRange<Double>, _ parallelism: Parallelism
  ) throws(FileError) {
    try writeCheckpoint(
      "  successfully saved checkpoint from iteration ", iteration, " to \(folder) \(parallelism.firstRank)\n")
    try writeTimeRanges([("save-checkpoint", seconds)])
  }

  private mutating func writeCheckpoint(_ start: String, _ iteration: Int, _ end: String) throws(FileError) {
    var line = TextBuffer()
    line.append(start)
    line.append(iteration, width: 7)
    line.append(end)
    try write(lines: String(decoding: line.bytes.dropLast(), as: UTF8.self))
  }
}
