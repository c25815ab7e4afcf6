import Strata

/// Costs of one thing over a geometric series of sizes.
struct Sweep {
  /// A cost, and the works that show it, by size.
  struct Series {
    let label: String
    let works: [(size: Int, work: TimedWork)]
  }

  /// What the size is; also the name of its figure.
  let name: String
  /// What the axes of the figure are.
  let axes: String
  let series: [Series]

  /// Every sweep of the reference models.
  static func all() throws -> [Sweep] {
    [try batch(), try windowLength(), try width(), try channels(), try entities()]
  }

  private static func batch() throws -> Sweep {
    let works = ReferenceWorks(.smallTCN, threads: 1, seed: 1)
    return Sweep(
      name: "batch", axes: "processor time of a whole batch, by its windows",
      series: [
        try series("inference", [1, 2, 4, 8, 16, 32, 64, 128]) { try works.windows($0, .fp32, threads: 1) },
        try series("training step", [4, 8, 16, 32, 64, 128]) { try works.trainingStep($0, threads: 1) },
      ])
  }

  private static func windowLength() throws -> Sweep {
    try models("window length", axes: "processor time, by samples of a window", [16, 32, 64, 128, 256, 512, 1024]) {
      $0.windowLength = $1
    }
  }

  private static func width() throws -> Sweep {
    try models("width", axes: "processor time, by the width of the encoders", [16, 32, 64, 128, 256]) { model, width in
      switch model.encoder {
      case .temporalConvolution(var sizes):
        sizes.width = width
        model.encoder = .temporalConvolution(sizes)
      case .patchTransformer(var sizes):
        (sizes.width, sizes.hidden) = (width, 4 * width)
        model.encoder = .patchTransformer(sizes)
      case .registered: fatalError("StrataScaling: the reference models have encoders of this library")
      }
    }
  }

  private static func channels() throws -> Sweep {
    try models("channels", axes: "processor time, by channels of all layers", [16, 32, 64, 128, 256, 512, 1024]) {
      model, count in
      model.channels = model.channels.mapValues { _ in count / model.channels.count }
    }
  }

  private static func entities() throws -> Sweep {
    let works = ReferenceWorks(.smallTCN, threads: 1, seed: 1), sizes = [12, 48, 192, 768, 3072]
    return Sweep(
      name: "entities", axes: "processor time of one sample of all entities, by their number",
      series: [
        try series("streaming", sizes) { try works.stream(entities: $0, embeds: false) },
        try series("streaming with embeddings", sizes) { try works.stream(entities: $0, embeds: true) },
      ])
  }

  /// One window and a training step on sixteen by the convolutional model, and one window by the transformer.
  private static func models(
    _ name: String, axes: String, _ sizes: [Int], _ change: (inout ReferenceModel, Int) -> Void
  ) throws -> Sweep {
    func works(_ model: ReferenceModel, _ size: Int) -> ReferenceWorks {
      var model = model
      change(&model, size)
      return ReferenceWorks(model, threads: 1, seed: 1)
    }
    return Sweep(
      name: name, axes: axes,
      series: [
        try series("inference, convolutions", sizes) { try works(.smallTCN, $0).window(.fp32) },
        try series("training step on 16, convolutions", sizes) {
          try works(.smallTCN, $0).trainingStep(16, threads: 1)
        },
        try series("inference, transformer", sizes) { try works(.smallTransformer, $0).window(.fp32) },
      ])
  }

  private static func series(
    _ label: String, _ sizes: [Int], _ work: (Int) throws -> ReferenceWorks.Work
  ) rethrows -> Series {
    Series(label: label, works: try sizes.map { (size: $0, work: try work($0).work) })
  }
}
