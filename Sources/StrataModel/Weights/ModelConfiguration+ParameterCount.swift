public import StrataTelemetry

extension ModelConfiguration {
  /// How many numbers a model of this configuration learns, without building it; parts of registered kinds say it
  /// themselves.
  ///
  /// - Parameter channels: How many channels each layer has.
  public func parameterCount(channels: [TelemetryLayer: Int]) -> Int {
    let branches = channels.values.map { channels in
      encoder.parameterCount(inputs: channels * inputs.count)
        + mlp(encoder.width, embedding.hidden, embedding.latent)
        + (embedding.privateLatent.map { linear(encoder.width, $0) } ?? 0)
        + decoder.parameterCount(
          width: encoder.width, context: embedding.latent + (embedding.privateLatent ?? 0), channels: channels)
    }
    return branches.reduce(0, +)
      + fusion.parameterCount(layers: channels.keys.sorted(), width: encoder.width, latent: embedding.latent)
      + (objective.contrast?.parameterCount(latent: embedding.latent) ?? 0)
  }
}

private func linear(_ inputs: Int, _ outputs: Int) -> Int { (inputs + 1) * outputs }
private func norm(_ width: Int) -> Int { 2 * width }
private func mlp(_ inputs: Int, _ hidden: Int, _ outputs: Int) -> Int {
  linear(inputs, hidden) + linear(hidden, outputs)
}
private func transformerBlock(_ width: Int, hidden: Int) -> Int {
  2 * norm(width) + linear(width, 3 * width) + linear(width, width) + mlp(width, hidden, width)
}

extension EncoderConfiguration {
  fileprivate func parameterCount(inputs: Int) -> Int {
    switch self {
    case .temporalConvolution(let sizes):
      let block = norm(sizes.width) + sizes.kernel * sizes.width * sizes.width + sizes.width
      return linear(inputs, sizes.width) + sizes.depth * block + norm(sizes.width)
    case .patchTransformer(let sizes):
      return linear(inputs * sizes.patch, sizes.width)
        + sizes.depth * transformerBlock(sizes.width, hidden: sizes.hidden) + norm(sizes.width)
        + (sizes.patch > 1 ? linear(sizes.width, sizes.width * sizes.patch) : 0)
    case .registered(let encoder): return encoder.settings.parameterCount(inputs: inputs)
    }
  }
}

extension DecoderConfiguration {
  fileprivate func parameterCount(width: Int, context contextWidth: Int, channels: Int) -> Int {
    let inner = bottleneck ?? width, last = hidden ?? inner
    return (bottleneck == nil ? 0 : linear(width, inner)) + (context == .none ? 0 : linear(contextWidth, inner))
      + (hidden == nil ? 0 : linear(inner, last)) + (logVariance == nil ? 1 : 2) * linear(last, channels)
  }
}

extension FusionConfiguration {
  fileprivate func parameterCount(layers: [TelemetryLayer], width: Int, latent: Int) -> Int {
    let tokens = layers.count * (linear(width, latent) + latent) + latent
    return switch self {
    case .late: 0
    case .gated: layers.count * (linear(width, latent) + linear(width, 1)) + linear(latent, latent)
    case .bottleneck(let sizes), .crossAttention(let sizes):
      tokens + transformerBlock(latent, hidden: sizes.hidden) + norm(latent) + linear(latent, latent)
    case .registered(let fusion): fusion.settings.parameterCount(of: layers, width: width, latent: latent)
    }
  }
}

extension ContrastConfiguration {
  fileprivate func parameterCount(latent: Int) -> Int {
    switch loss {
    case .infoNCE(let settings): settings.learned ? 1 : 0
    case .vicReg, .barlowTwins: 0
    case .registered(let contrast): contrast.settings.parameterCount(latent: latent)
    }
  }
}
