public import StrataTensor

/// What a frozen model says about a batch of windows.
public struct FrozenOutput: Sendable {
  /// Unit vectors of shape `[batch, latent]`; finite and without meaning where no layer is present.
  public let joint: NDArray
  /// How badly each layer of a window was reconstructed, of shape `[batch, layer]`; see ``WindowResult/scores``.
  public let scores: NDArray
  /// One where a layer has an observed sample in a window, else zero; shape `[batch, layer]`.
  public let presence: NDArray
}

/// What a frozen model says about one window: memory that is used again and again.
public struct WindowResult: Sendable {
  /// The joint embedding, a unit vector of `latent` elements. Finite and without meaning when no layer is present.
  public internal(set) var joint: [Float]
  /// Per layer of the model the mean over the observed samples of the squared error of the reconstruction, or of their
  /// negative log-likelihood `½ · (s + error² · e⁻ˢ)` when the model predicts log-variances `s`; zero where nothing was
  /// observed.
  public internal(set) var scores: [Float]
  /// Per layer of the model one if it has an observed sample, else zero.
  public internal(set) var presence: [Float]

  /// Room for the results of a model.
  public init(_ model: FrozenModel) {
    joint = [Float](repeating: 0, count: model.latent)
    scores = [Float](repeating: 0, count: model.branches.count)
    presence = scores
  }
}
