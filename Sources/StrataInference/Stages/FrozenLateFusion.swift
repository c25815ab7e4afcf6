/// The mean of the embeddings of the layers that are present.
struct FrozenLateFusion: FrozenFusion {
  let layers: Int, latent: Int

  var readsEmbeddings: Bool { true }

  func scratchCount(windows: Int, time: Int) -> Int { 0 }

  func apply(_ rows: LayerRows, to joint: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>) {
    joint.update(repeating: 0, count: rows.windows * latent)
    for window in 0..<rows.windows {
      let presence = rows.presence + window * layers, mean = joint + window * latent
      let present = (0..<layers).reduce(Float(0)) { $0 + presence[$1] }
      for layer in 0..<layers where presence[layer] > 0 {
        let embedding = rows.embeddings + (window * layers + layer) * latent
        for index in 0..<latent { mean[index] += embedding[index] / present }
      }
    }
  }
}
