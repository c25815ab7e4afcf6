public import StrataTelemetry
import StrataTensor

/// What a stream knows of single entities.
extension FrozenStream {
  /// The score of one layer of an entity over its last window, or over all samples so far: the mean of the errors of the
  /// observed samples, each as it was when the sample came; zero when nothing was observed.
  ///
  /// - Complexity: O(window length).
  public func score(of entity: Int, _ layer: TelemetryLayer) -> Float {
    stage(of: layer, entity) { $0.score(memory, entity: entity, length: min(counts[entity], windowLength)) }
  }

  /// The mean error of the newest sample of an entity in one layer; zero when nothing was observed.
  public func newestError(of entity: Int, _ layer: TelemetryLayer) -> Float {
    stage(of: layer, entity) { stage in
      guard counts[entity] > 0 else { return 0 }
      let place = stage.layout.error(memory, step: (counts[entity] - 1) % windowLength, entity: entity)
      return place[1] > 0 ? place[0] / place[1] : 0
    }
  }

  /// Whether a layer of an entity had an observed sample in its last window.
  ///
  /// - Complexity: O(window length) for a layer that had none.
  public func isPresent(_ entity: Int, _ layer: TelemetryLayer) -> Bool {
    stage(of: layer, entity) {
      $0.wasObserved(memory, entity: entity, length: min(counts[entity], windowLength))
    }
  }

  private func stage<R>(of layer: TelemetryLayer, _ entity: Int, _ body: (StreamStage) -> R) -> R {
    requireKnown(entity..<entity + 1)
    guard let stage = stages.first(where: { $0.branch.layer == layer }) else {
      fatalError("FrozenStream: the model does not know layer \(layer)")
    }
    return body(stage)
  }

  func requireKnown(_ range: Range<Int>) {
    require(
      range.lowerBound >= 0 && range.upperBound <= entities, "FrozenStream: entities \(range) of \(entities)")
  }

  /// Forgets what entities were, so that their next sample is the first: for a host that was replaced.
  public mutating func reset(_ range: Range<Int>) {
    requireKnown(range)
    for stage in stages {
      stage.encoder.forget(
        StreamRows(entities: range, counts: counts, windowLength: windowLength, layout: stage.layout, memory: memory))
    }
    for entity in range {
      for stage in stages { stage.forget(memory, entity: entity, windowLength: windowLength) }
      counts[entity] = 0
    }
  }
}
