import StrataModel
import StrataTensor

/// What is made of the features of a window: embeddings of layers, the joint embedding, and what a decoder knows of both.
extension FrozenStream {
  /// Writes what a decoder knows about the window of one entity.
  func setContext(of entity: Int, _ layer: Int, samplesSeen: Int) {
    let start = workspace.start, latent = model.latent, branch = stages[layer].branch
    let context = start + places.context
    if model.configuration.decoder.context == .joint {
      embed(entity..<entity + 1, newSamples: 1)
      context.update(from: start + places.joint, count: latent)
    } else {
      summarize(entity, layer, at: 0, samplesSeen: samplesSeen)
      context.update(from: start + places.embeddings + layer * latent, count: latent)
    }
    if let head = branch.privateHead {
      (context + latent).update(from: start + places.privates + layer * head.outputs, count: head.outputs)
    }
  }

  /// Pooled features of one layer of one entity, and whatever is made of them before the fusion.
  ///
  /// - Parameters:
  ///   - index: The place of the entity in its group.
  ///   - embeds: Whether somebody asks for the embedding of the layer, beside the model itself.
  func summarize(_ entity: Int, _ layer: Int, at index: Int, samplesSeen: Int, embeds: Bool = false) {
    let stage = stages[layer], width = stage.encoder.width, start = workspace.start
    let row = index * stages.count + layer, scratch = start + places.scratch
    let pooled = start + places.pooled + row * width, length = min(samplesSeen, windowLength)
    stage.mean(memory, entity: entity, length: length, to: pooled)
    start[places.presence + row] = stage.wasObserved(memory, entity: entity, length: length) ? 1 : 0
    if model.readsLayerEmbeddings || embeds {
      let embedding = start + places.embeddings + row * model.latent
      stage.branch.head.apply(pooled, to: embedding, scratch: scratch)
      model.normalize(embedding, rows: 1)
    }
    if let head = stage.branch.privateHead {
      head.apply(
        pooled, row: width, to: start + places.privates + layer * head.outputs, row: head.outputs, rows: 1,
        scratch: scratch)
    }
  }

  /// Leaves the joint embeddings of a group of entities in the workspace.
  ///
  /// - Parameter newSamples: Samples that are in the state but not yet counted.
  func embed(_ entities: Range<Int>, newSamples: Int) {
    let start = workspace.start
    for (index, entity) in entities.enumerated() {
      for layer in stages.indices { summarize(entity, layer, at: index, samplesSeen: counts[entity] + newSamples) }
    }
    let rows = LayerRows(
      windows: entities.count, pooled: start + places.pooled, embeddings: start + places.embeddings,
      features: start + places.features, presence: start + places.presence, time: 1)
    model.fusion.apply(rows, to: start + places.joint, scratch: start + places.scratch)
    model.normalize(start + places.joint, rows: entities.count)
  }

  /// Writes the joint embeddings of some entities over their last window, or over all samples so far.
  ///
  /// - Parameters:
  ///   - range: Which entities; each has had a sample.
  ///   - joint: Where they go, one row of `latent` elements per entity of the range.
  public mutating func embed(_ range: Range<Int>, into joint: inout [Float]) {
    requireKnown(range)
    require(
      range.allSatisfy { counts[$0] > 0 }, "FrozenStream: one of the entities \(range) has not had any sample")
    require(
      joint.count == range.count * model.latent,
      "FrozenStream: \(joint.count) elements for \(range.count) embeddings of \(model.latent)")
    joint.withUnsafeMutableBufferPointer { joint in
      for first in stride(from: range.lowerBound, to: range.upperBound, by: Self.group) {
        let entities = first..<min(first + Self.group, range.upperBound)
        embed(entities, newSamples: 0)
        (joint.baseAddress! + (first - range.lowerBound) * model.latent).update(
          from: workspace.start + places.joint, count: entities.count * model.latent)
      }
    }
  }
}
