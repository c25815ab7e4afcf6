public import StrataNeural
public import StrataTelemetry
public import StrataTensor

/// What a ``JointObjective`` needs of a forward pass: embeddings, one row per window, and open means over samples.
///
/// What the configuration does not ask for is absent.
public struct JointTerms: LossTerms {
  /// What the objective needs of one telemetry layer.
  public struct Layer: LossTerms {
    /// Which layer this is.
    public let layer: TelemetryLayer
    /// What the contrast compares, of shape `[batch, latent]`.
    var contrasted: Tensor?
    /// What the private latent is kept apart from, of shape `[batch, latent]`, and that latent.
    var shared: Tensor?, own: Tensor?
    /// The reconstruction loss over observed samples, hidden and visible ones.
    var hidden: MeanTerm?, visible: MeanTerm?
    /// The hierarchical contrast, taken within a slice.
    var hierarchical: MeanTerm?

    public mutating func forEachTensor(_ visit: TermVisitor) rethrows {
      try contrasted.visitRows(visit)
      try shared.visitRows(visit)
      try own.visitRows(visit)
      try hidden?.forEachTensor(visit)
      try visible?.forEachTensor(visit)
      try hierarchical?.forEachTensor(visit)
    }
  }

  /// One value per layer of the model, in order.
  public internal(set) var layers: [Layer]
  /// What the contrast compares of the joint embedding, of shape `[batch, latent]`.
  var joint: Tensor?
  /// One where a layer has a visible sample in a window; shape `[batch, layer]`.
  var presence: Tensor

  /// The rows that a configuration asks for; the means over samples need more than an output.
  public init(_ output: JointOutput, for configuration: ObjectiveConfiguration) {
    let contrast = configuration.contrast
    layers = output.layers.map { layer in
      var terms = Layer(layer: layer.layer)
      terms.contrasted = contrast.map { $0.comparesUnitVectors ? layer.embedding : layer.projection }
      if configuration.orthogonality != nil, let own = layer.privateEmbedding {
        (terms.shared, terms.own) = (layer.projection, own)
      }
      return terms
    }
    joint = contrast.map { $0.comparesUnitVectors ? output.joint : output.jointProjection }
    presence = Tensor(output.presence)
  }

  public mutating func forEachTensor(_ visit: TermVisitor) rethrows {
    for index in layers.indices { try layers[index].forEachTensor(visit) }
    try joint.visitRows(visit)
    try visit(&presence, .rows)
  }

  /// How many windows there are.
  var count: Int { presence.shape[0] }

  /// The windows in which every one of `layers` is present; `nil` when that is all of them.
  func windows(having layers: [Int]) -> [Int]? { presence.value.rows(having: layers) }
}

extension NDArray {
  /// The rows of a presence of shape `[batch, layer]` that have every one of `layers`; `nil` when that is all of them.
  func rows(having layers: [Int]) -> [Int]? {
    let (batch, count) = (shape[0], shape[1])
    let rows = withElements { present in
      (0..<batch).filter { row in layers.allSatisfy { present[row * count + $0] > 0 } }
    }
    return rows.count == batch ? nil : rows
  }
}

extension Optional<Tensor> {
  fileprivate mutating func visitRows(_ visit: TermVisitor) rethrows {
    if self != nil { try visit(&self!, .rows) }
  }
}
