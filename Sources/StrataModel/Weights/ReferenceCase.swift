public import StrataTelemetry
public import StrataTensor

/// A conformance file: a model with the weights of the reference implementation, and the windows it was run on.
///
/// The file holds `param.*` (see ``ReferenceWeights``), per layer the samples `x.m` of shape `[batch, time, channel]`
/// and the hidden steps `mask.m` of shape `[batch, time]`, and the results under names of its own.
public struct ReferenceCase: Sendable {
  /// The whole file, for the results it holds.
  public let file: SafetensorsFile
  /// The model with the weights of the file.
  public let model: JointModel
  /// Every sample is observed.
  public let batch: WindowBatch
  /// Per layer, one where a step is hidden; shape `[batch, time]`.
  public let hiding: [NDArray]

  /// Builds a model and loads the weights of a file into it.
  ///
  /// - Parameters:
  ///   - configuration: What the model is; its sizes are those of the file.
  ///   - path: The conformance file, with one `x.m` per telemetry layer.
  /// - Throws: `SafetensorsError` for an array that is missing or damaged, `WeightError` for one of another shape.
  public init(_ configuration: ModelConfiguration, contentsOf path: String) throws {
    file = try SafetensorsFile(contentsOf: path)
    var (windows, hiding): ([LayerWindows], [NDArray]) = ([], [])
    for (index, layer) in TelemetryLayer.allCases.enumerated() {
      let values = try file.array(named: "x.\(index)")
      let (all, none) = (NDArray(values.shape, repeating: 1), NDArray(values.shape, repeating: 0))
      windows.append(LayerWindows(layer: layer, values: values, mask: all, delta: none))
      hiding.append(try file.array(named: "mask.\(index)"))
    }
    self.hiding = hiding
    batch = WindowBatch(
      layers: windows,
      origins: (0..<windows[0].count).map { WindowOrigin(run: 0, entity: EntityPath(["window\($0)"]), end: 0) })
    let channels = Dictionary(uniqueKeysWithValues: windows.map { ($0.layer, $0.channelCount) })
    var generator = Generator(seed: 0)
    var model = JointModel(configuration, channels: channels, using: &generator)
    try model.load(ReferenceWeights.arrays(for: model, prefix: "param.", in: file), from: path)
    self.model = model
  }
}
