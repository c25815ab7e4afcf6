/// The mean of the embeddings of the layers that are present.
struct FrozenLateFusion: FrozenFusion {
  let layers: Int, latent: Int

  var readsEmbeddings: Bool { true }

  func scratchCount(time: Int) -> Int { 0 }

  func apply(_ rows: LayerRows, to joint: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>) {
    let present = (0..<layers).reduce(Float(0)) { $0 + rows.presence[$1] }
    joint.update(repeating: 0, count: latent)
    for layer in 0..<layers where rows.presence[layer] > 0 {
      let embedding = rows.embeddings + layer * latent
      for index in 0..<latent { joint[index] += embedding[index] / present }
    }
  }
}
