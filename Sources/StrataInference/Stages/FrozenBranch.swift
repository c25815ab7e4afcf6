import StrataModel
import StrataNeural
import StrataTelemetry

/// Everything of a frozen model that belongs to one telemetry layer.
struct FrozenBranch: Sendable {
  let layer: TelemetryLayer
  let channels: Int
  let encoder: any FrozenEncoder
  let head: FrozenPerceptron
  let privateHead: DenseMap?
  let decoder: FrozenDecoder

  init(
    _ branch: LayerBranch, _ configuration: ModelConfiguration, _ packing: inout Packing
  ) throws(FreezingError) {
    (layer, channels) = (branch.layer, branch.channels)
    guard let encoder = branch.encoder.frozen(&packing) else {
      throw .noFrozenForm(
        part: "the encoder of layer \(branch.layer)", type: "\(type(of: branch.encoder))")
    }
    self.encoder = encoder
    head = FrozenPerceptron(branch.head, packing)
    privateHead = branch.privateHead.map { DenseMap($0) }
    decoder = FrozenDecoder(
      branch.decoder, width: branch.encoder.width, bounds: configuration.decoder.logVariance, &packing)
  }

  /// The floats of scratch memory for windows of `time` samples.
  func scratchCount(time: Int) -> Int {
    [
      encoder.scratchCount(time: time), head.scratchCount, decoder.scratchCount(time: time),
      privateHead?.scratchCount(rows: 1, xRow: encoder.width) ?? 0,
    ].reduce(0, max)
  }
}
