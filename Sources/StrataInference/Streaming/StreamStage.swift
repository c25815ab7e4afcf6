internal import CStrataKernels
import StrataModel
import StrataTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One layer of a model on a stream: how the state of one entity is read and changed.
struct StreamStage: Sendable {
  let branch: FrozenBranch
  var encoder: any FrozenEncoder { branch.encoder }
  let layout: StreamLayout
  private let pooling: EmbeddingConfiguration.Pooling
  /// Per element of the features the size of one of 65 534 steps, and one by it.
  private let steps: Constants, inverses: Constants

  init(
    _ branch: FrozenBranch, _ configuration: ModelConfiguration, entities: Int, windowLength: Int, startingAt start: Int
  ) {
    (self.branch, pooling) = (branch, configuration.embedding.pooling)
    let encoder = branch.encoder
    layout = StreamLayout(
      startingAt: start, entities: entities, stateCounts: encoder.stateCounts(windowLength: windowLength),
      width: encoder.width, channels: branch.channels, windowLength: windowLength,
      keepsFeatures: configuration.embedding.pooling == .mean)
    let bounds = encoder.featureBounds.map { max($0, .leastNormalMagnitude * 65_536) }
    steps = Constants(bounds.map { $0 / 32_767 })
    inverses = Constants(bounds.map { 32_767 / $0 })
  }

  /// Writes the views of the new sample of one entity side by side, and counts how long each channel has been missing.
  func assemble(
    _ samples: StreamSamples?, row: Int, views: [InputView], windowLength: Int, gaps: UnsafeMutablePointer<Float>,
    into input: UnsafeMutablePointer<Float>
  ) {
    let channels = branch.channels, first = row * channels
    func copy(_ array: NDArray?, _ column: Int) {
      let to = input + column * channels
      guard let array else { return to.update(repeating: 0, count: channels) }
      array.withElements { to.update(from: $0.baseAddress! + first, count: channels) }
    }
    let countsGaps = views.contains(.delta)
    if countsGaps {
      for channel in 0..<channels { gaps[channel] = min(gaps[channel] + 1, Float(windowLength)) }
      samples?.mask.withElements { mask in
        for channel in 0..<channels where mask[first + channel] > 0 { gaps[channel] = 0 }
      }
    }
    for (column, view) in views.enumerated() {
      switch view {
      case .value: copy(samples?.values, column)
      case .mask: copy(samples?.mask, column)
      case .peers:
        require(
          samples == nil || samples?.peers != nil, "FrozenStream: the inputs include peers, but the samples have none")
        copy(samples?.peers, column)
      case .delta:
        for channel in 0..<channels { input[column * channels + channel] = log1pf(gaps[channel]) }
      }
    }
  }

  /// Takes the features of a new sample into those of the window.
  func pool(_ features: UnsafePointer<Float>, _ memory: UnsafeMutableRawPointer, entity: Int, step: Int) {
    switch pooling {
    case .mean:
      kernels.pool_replace(
        layout.sums(memory, entity: entity), layout.features(memory, step: step, entity: entity), features,
        inverses.start, encoder.width)
    case .last: layout.newest(memory, entity: entity).update(from: features, count: encoder.width)
    }
  }

  /// The pooled features of the last `length` samples.
  func mean(
    _ memory: UnsafeMutableRawPointer, entity: Int, length: Int, to pooled: UnsafeMutablePointer<Float>
  ) {
    switch pooling {
    case .mean:
      let sums = layout.sums(memory, entity: entity)
      for index in 0..<encoder.width { pooled[index] = Float(sums[index]) * steps.start[index] / Float(length) }
    case .last: pooled.update(from: layout.newest(memory, entity: entity), count: encoder.width)
    }
  }

  func score(_ memory: UnsafeMutableRawPointer, entity: Int, length: Int) -> Float {
    var (error, observed) = (0.0, 0.0)
    for step in 0..<length {
      let place = layout.error(memory, step: step, entity: entity)
      error += Double(place[0])
      observed += Double(place[1])
    }
    return observed > 0 ? Float(error / observed) : 0
  }

  func wasObserved(_ memory: UnsafeMutableRawPointer, entity: Int, length: Int) -> Bool {
    (0..<length).contains { layout.error(memory, step: $0, entity: entity)[1] > 0 }
  }

  /// Zeros everything that is remembered of an entity besides the state of the encoder.
  func forget(_ memory: UnsafeMutableRawPointer, entity: Int, windowLength: Int) {
    let width = encoder.width
    layout.gaps(memory, entity: entity).update(repeating: 0, count: branch.channels)
    for step in 0..<windowLength { layout.error(memory, step: step, entity: entity).update(repeating: 0, count: 2) }
    switch pooling {
    case .mean:
      layout.sums(memory, entity: entity).update(repeating: 0, count: width)
      for step in 0..<windowLength {
        layout.features(memory, step: step, entity: entity).update(repeating: 0, count: width)
      }
    case .last: layout.newest(memory, entity: entity).update(repeating: 0, count: width)
    }
  }
}
