import Foundation
import Testing

extension Workplace {
  /// A scenario that is simulated in a moment: two hosts of two devices, ten minutes, one fault.
  static let scenario = """
    name: tiny
    duration: 600
    interval: 1
    training: 360
    cluster: {hosts: 2, devicesPerHost: 2}
    jobs:
      - {name: train, training: {experts: 4, expertParallel: 4, layers: 4, expertsPerToken: 2}}
    faults:
      - {kind: thermal-throttling, entity: c0/rack0/host1/gpu0, at: 440, duration: 100, severity: 0.9}
    """

  /// Settings that make a training of the tiny cluster take a moment.
  static let settings = [
    "window.length=16", "split.embargo=16", "model.encoder.width=8", "model.encoder.depth=2",
    "model.embedding.latent=4",
    "model.embedding.hidden=8", "model.decoder.hidden=8", "model.decoder.bottleneck=4", "training.batch=16",
    "training.slice=8", "training.schedule.warmup=2", "training.checkpoint.every=4", "training.validation.every=4",
  ]

  /// Simulates the tiny cluster as `cluster.zarr`.
  func simulate() throws {
    try write(Self.scenario, to: "tiny.yaml")
    let outcome = try strata("simulate", "--scenario", "tiny.yaml", "--seed", "3", "--output", "cluster.zarr")
    try #require(outcome.status == 0, "\(outcome.errors)")
  }

  /// The arguments of a training of the tiny cluster.
  static func training(steps: Int, _ more: String...) -> [String] {
    let settings =
      settings.flatMap { ["--set", $0] } + ["--set", "training.epochs=", "--set", "training.steps=\(steps)"]
    return ["train", "cluster.zarr"] + settings + more
  }

  /// What the command wrote to standard output, as JSON.
  static func json<Value: Decodable>(_ type: Value.Type, _ outcome: Outcome) throws -> Value {
    try JSONDecoder().decode(type, from: Data(outcome.output.utf8))
  }
}
