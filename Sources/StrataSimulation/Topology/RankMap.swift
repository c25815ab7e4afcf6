import StrataTensor

/// Which rank does what in a job: Megatron's order tensor, context, expert, data, pipeline, fastest first.
///
/// The ranks of a *stage* are consecutive. Within it they divide into *blocks* of ranks that meet in the middle of every
/// layer, because they share tensors, sequences or experts; blocks meet each other only once per step, at the gradients.
///
/// Reference: Narayanan et al., "Efficient Large-Scale Language Model Training on GPU Clusters Using Megatron-LM", SC 2021.
package struct RankMap: Sendable, Hashable {
  package let tensor: Int
  package let context: Int
  package let expert: Int
  package let pipeline: Int
  package let count: Int

  /// - Precondition: The sizes are positive and fit together, which scenarios are checked for.
  package init(count: Int, tensor: Int = 1, context: Int = 1, expert: Int = 1, pipeline: Int = 1) {
    require(
      count.isMultiple(of: tensor * context * pipeline), "RankMap: \(count) ranks for \(tensor)·\(context)·\(pipeline)")
    (self.count, self.tensor, self.context, self.expert, self.pipeline) = (count, tensor, context, expert, pipeline)
  }

  /// Replicas of the model with a batch of their own.
  package var data: Int { count / (tensor * context * pipeline) }
  /// Positions in a stage that differ in their tokens: data and context together.
  package var positions: Int { context * data }
  /// Ranks of one stage.
  package var stageSize: Int { count / pipeline }
  /// Positions of one block.
  package var blockPositions: Int { max(expert, context) }
  /// Blocks of one stage.
  package var blocks: Int { positions / blockPositions }
  /// Ranks of one block.
  package var blockSize: Int { tensor * blockPositions }
  /// Sets of ranks in a stage that hold every expert once.
  package var expertGroups: Int { positions / expert }

  package func stage(of rank: Int) -> Int { rank / stageSize }
  package func block(of rank: Int) -> Int { rank % stageSize / blockSize }
  package func position(of rank: Int) -> Int { rank % stageSize / tensor }
  package func tensorIndex(of rank: Int) -> Int { rank % tensor }
  package func expertGroup(of rank: Int) -> Int { position(of: rank) / expert }
  package func expertIndex(of rank: Int) -> Int { position(of: rank) % expert }
  package func replica(of rank: Int) -> Int { position(of: rank) / context }
  package func ranks(stage: Int, block: Int) -> Range<Int> {
    let first = stage * stageSize + block * blockSize
    return first..<first + blockSize
  }

  /// The ranks that hold the experts of an index in the stage of a layer.
  package func holders(stage: Int, expertIndex: Int) -> [Int] {
    (stage * stageSize..<(stage + 1) * stageSize).filter { self.expertIndex(of: $0) == expertIndex }
  }
}
