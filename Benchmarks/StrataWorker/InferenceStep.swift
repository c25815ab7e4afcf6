import Strata

/// Embeds and judges the windows of the case: what one step of inference is.
func inferenceStep(for specification: Specification) throws -> () throws -> StepResult {
  let precision: Precision
  switch specification.mode {
  case .fp32: precision = .fp32
  case .bf16: precision = .bf16
  case .int8: precision = .int8
  }
  let reference = try ReferenceCase(specification.model.configuration, contentsOf: specification.path)
  let model = try FrozenModel(
    reference.model, precision: precision, calibration: try specification.calibration.map(calibrationWindows))
  return {
    let output = model.embed(reference.batch, threads: specification.threads)
    return .inference(joint: output.joint, score: output.scores)
  }
}

/// Reads windows that are not raced with; every sample of theirs is observed.
private func calibrationWindows(_ path: String) throws -> WindowBatch {
  let file = try SafetensorsFile(contentsOf: path)
  let layers = try TelemetryLayer.allCases.enumerated().map { index, layer in
    let values = try file.array(named: "x.\(index)")
    let (all, none) = (NDArray(values.shape, repeating: 1), NDArray(values.shape, repeating: 0))
    return LayerWindows(layer: layer, values: values, mask: all, delta: none)
  }
  let origins = (0..<layers[0].count).map { WindowOrigin(run: 0, entity: EntityPath(["window\($0)"]), end: 0) }
  return WindowBatch(layers: layers, origins: origins)
}
