import Benchmark
import Strata

/// A new sample of each of many entities, with and without the embeddings of their windows.
func registerStreaming() {
  let model = ReferenceModel.smallTCN, entities = 240
  for embeds in [false, true] {
    let operations = model.operationsPerSample + (embeds ? model.operationsPerEmbedding : 0)
    measure(
      "streaming: a sample of \(entities) entities\(embeds ? " and their embeddings" : "")",
      .operations(entities * operations)
    ) {
      let stream = try ReferenceWorks(model, threads: 1, seed: 1).stream(entities: entities, embeds: embeds)
      return { try stream.work() }
    }
  }
}
