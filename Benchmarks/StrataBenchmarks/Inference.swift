import Benchmark
import Strata

/// Embeddings and reconstructions of windows by the reference model, on one thread.
func registerInference() {
  for windows in [1, 64] {
    measure(
      "inference: \(windows) window\(windows == 1 ? "" : "s")",
      .operations(ReferenceModel.forwardOperations(windows: windows))
    ) {
      let (model, batch) = (ReferenceModel.make(), try ReferenceModel.windows().batch(0..<windows))
      return {
        var context = ForwardContext.inference
        blackHole(model(batch, in: &context))
      }
    }
  }
}
