import StrataTelemetry

/// What a model learns: the parts of its loss, each with a weight. An absent part is not computed.
public struct ObjectiveConfiguration: Hashable, Encodable, Sendable {
  /// What is hidden from the encoders, for reconstruction and hierarchical contrast.
  public var hiding: HidingConfiguration?
  /// Reconstruction of observed samples.
  public var reconstruction: ReconstructionConfiguration?
  /// Agreement between layers.
  public var contrast: ContrastConfiguration?
  /// Agreement between two hidings of the same windows, step by step.
  public var hierarchical: HierarchicalConfiguration?
  /// Separation of private latents from shared embeddings.
  public var orthogonality: OrthogonalityConfiguration?

  /// An objective of the parts that are given.
  public init(
    hiding: HidingConfiguration? = nil, reconstruction: ReconstructionConfiguration? = nil,
    contrast: ContrastConfiguration? = nil, hierarchical: HierarchicalConfiguration? = nil,
    orthogonality: OrthogonalityConfiguration? = nil
  ) {
    (self.hiding, self.reconstruction, self.contrast) = (hiding, reconstruction, contrast)
    (self.hierarchical, self.orthogonality) = (hierarchical, orthogonality)
  }

  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    func section<Section>(
      _ key: String, _ read: (ConfigurationNode) throws(ConfigurationError) -> Section
    ) throws(ConfigurationError) -> Section? {
      guard let section = try node.optionalNode(key) else { return nil }
      return try read(section)
    }
    hiding = try section("hiding", HidingConfiguration.init)
    reconstruction = try section("reconstruction", ReconstructionConfiguration.init)
    contrast = try section("contrast", ContrastConfiguration.init)
    hierarchical = try section("hierarchical", HierarchicalConfiguration.init)
    orthogonality = try section("orthogonality", OrthogonalityConfiguration.init)
    guard reconstruction != nil || contrast != nil || hierarchical != nil else {
      throw node.error("'objective' has no part to learn from: give reconstruction, contrast or hierarchical")
    }
    if let reconstruction, reconstruction.hidden > 0, hiding == nil {
      throw node.error("a reconstruction of hidden samples needs 'hiding'", at: "reconstruction")
    }
    if hierarchical != nil, hiding == nil {
      throw node.error("'hierarchical' needs 'hiding', which tells its two views apart", at: "hierarchical")
    }
  }
}

/// Which samples are hidden from the encoders; a sample is hidden when any of the three draws hides it.
public struct HidingConfiguration: Hashable, Encodable, Sendable {
  /// The share of steps of a layer of which every channel is hidden.
  public var steps: Float
  /// How many consecutive steps are hidden together.
  public var span: Int
  /// The share of channels hidden for a whole window.
  public var channels: Float
  /// The share of single samples hidden.
  public var cells: Float

  /// Hiding at these rates.
  public init(steps: Float, span: Int = 1, channels: Float = 0, cells: Float = 0) {
    (self.steps, self.span, self.channels, self.cells) = (steps, span, channels, cells)
  }

  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    steps = try node.float("steps", in: 0..<1)
    span = try node.int("span", in: 1...1_048_576)
    channels = try node.float("channels", in: 0..<1)
    cells = try node.float("cells", in: 0..<1)
    guard steps + channels + cells > 0 else {
      throw node.error("'hiding' hides nothing: give a rate above 0 to steps, channels or cells")
    }
  }
}

/// Reconstruction of observed samples.
public struct ReconstructionConfiguration: Hashable, Encodable, Sendable {
  /// How a reconstructed sample is judged.
  public enum Loss: String, CaseIterable, Encodable, Sendable {
    case squaredError
    /// The negative log likelihood under the predicted mean and variance.
    case gaussian
  }

  /// How much the part counts in the total loss.
  public var weight: Float
  /// How a reconstructed sample is judged.
  public var loss: Loss
  /// The weight of the mean loss over observed samples that were hidden.
  public var hidden: Float
  /// The weight of the mean loss over observed samples that the encoder saw.
  public var visible: Float

  /// A part of this weight.
  public init(weight: Float = 1, loss: Loss = .squaredError, hidden: Float = 1, visible: Float = 0) {
    (self.weight, self.loss, self.hidden, self.visible) = (weight, loss, hidden, visible)
  }

  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    weight = try node.float("weight", in: .positive)
    loss = try node.choice("loss")
    hidden = try node.float("hidden", in: 0...)
    visible = try node.float("visible", in: 0...)
    guard hidden + visible > 0 else { throw node.error("'hidden' and 'visible' are both 0", at: "hidden") }
  }
}

/// Temporal contrast between two differently hidden views of the same windows.
///
/// It compares every step, so windows are told apart from those of their slice only, not of the whole batch.
public struct HierarchicalConfiguration: Hashable, Encodable, Sendable {
  /// How much the part counts in the total loss.
  public var weight: Float
  /// The share of the contrast between windows; the rest is between steps.
  public var alpha: Float

  /// A part of this weight.
  public init(weight: Float = 1, alpha: Float = 0.5) { (self.weight, self.alpha) = (weight, alpha) }

  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    weight = try node.float("weight", in: .positive)
    alpha = try node.float("alpha", in: 0...1)
  }
}

/// The penalty that keeps a layer's private latent from repeating its shared embedding.
public struct OrthogonalityConfiguration: Hashable, Encodable, Sendable {
  /// How much the part counts in the total loss.
  public var weight: Float

  /// A part of this weight.
  public init(weight: Float = 1) { self.weight = weight }

  init(_ node: ConfigurationNode) throws(ConfigurationError) { weight = try node.float("weight", in: .positive) }
}
