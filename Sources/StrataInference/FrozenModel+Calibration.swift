import StrataModel
import StrataTelemetry
import StrataTensor

extension FrozenModel {
  /// Per map that int8 rounds the greatest magnitude of its inputs in some windows, in the order in which maps are made.
  static func ranges(of model: JointModel, _ windows: WindowBatch) throws(FreezingError) -> [Float] {
    var packing = Packing.observing
    let observed = try FrozenModel(model, .fp32, &packing)
    let output = observed.embed(windows)
    for (column, layer) in observed.layers.enumerated() {
      require(
        (0..<windows.count).contains { output.presence[$0, column] > 0 },
        "FrozenModel: none of the \(windows.count) windows to calibrate with has an observed sample of layer \(layer)")
    }
    require(
      (output.joint.elements + output.scores.elements).allSatisfy(\.isFinite),
      "FrozenModel: the windows to calibrate with hold numbers that are not finite, or lead to them")
    return packing.observed.map(\.largest)
  }
}
