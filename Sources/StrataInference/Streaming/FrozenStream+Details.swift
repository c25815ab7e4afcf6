import StrataTensor

extension FrozenStream {
  /// Takes one new sample of every entity of a range, and says what is known of it.
  ///
  /// In single precision the features have the bits that they have in a window from the stream's start on.
  ///
  /// - Parameters:
  ///   - range: Which entities.
  ///   - samples: The samples per layer, one row per entity of the range; a layer that is not given is missing.
  /// - Returns: One window of one sample per entity of the range: its features and residuals, and embeddings and scores of
  ///   the last window that ends with it.
  /// - Precondition: The model knows every layer with as many channels.
  public mutating func details(of range: Range<Int>, _ samples: [StreamSamples]) -> FrozenDetails {
    let (model, layers, latent) = (model, stages.count, model.latent)
    let memory = DetailMemory(model, windows: range.count, time: 1)
    var joint = [Float](repeating: 0, count: range.count * latent)
    var scores = [Float](repeating: 0, count: range.count * layers), presence = scores
    advance(range, samples, memory.targets) { stream, entities in
      let first = entities.lowerBound - range.lowerBound
      stream.embed(entities, newSamples: 1)
      for (index, entity) in entities.enumerated() {
        let length = min(stream.counts[entity] + 1, stream.windowLength), row = first + index
        let place = stream.workspace.start + stream.places.joint + index * latent
        for element in 0..<latent { joint[row * latent + element] = place[element] }
        for layer in 0..<layers {
          let stage = stream.stages[layer]
          scores[row * layers + layer] = stage.score(stream.memory, entity: entity, length: length)
          presence[row * layers + layer] =
            stage.wasObserved(stream.memory, entity: entity, length: length) ? 1 : 0
          stream.summarize(entity, layer, at: index, samplesSeen: stream.counts[entity] + 1, embeds: true)
          let embedding = stream.places.embeddings + (index * layers + layer) * latent
          memory.targets[layer].put(embedding: stream.workspace.start + embedding, row: row)
        }
      }
    }
    return FrozenDetails(
      layers: memory.layers(of: model, windows: range.count, time: 1),
      output: FrozenOutput(
        joint: NDArray([range.count, latent], joint), scores: NDArray([range.count, layers], scores),
        presence: NDArray([range.count, layers], presence)))
  }
}
