import Strata

/// Embeds and judges the windows of the case: what one step of inference is.
func inferenceStep(for specification: Specification) throws -> () throws -> StepResult {
  guard specification.mode == .fp32 else { throw Absence(absent: "Strata infers in fp32 only") }
  let reference = try ReferenceCase(specification.model.configuration, contentsOf: specification.path)
  let (model, batch) = (reference.model, reference.batch)
  // Few windows at once, so that what a layer leaves for the next is still in the cache.
  let slices = stride(from: 0, to: batch.count, by: 8).map { batch.slice($0..<min($0 + 8, batch.count)) }
  return {
    let parts = parallelMap(count: slices.count, threads: specification.threads) { infer(model, slices[$0]) }
    return .inference(
      joint: concatenate(parts.map(\.joint), axis: 0), score: concatenate(parts.map(\.score), axis: 0))
  }
}

private func infer(_ model: JointModel, _ windows: WindowBatch) -> (joint: NDArray, score: NDArray) {
  var context = ForwardContext.inference
  let output = model(windows, in: &context)
  let errors = zip(output.layers, windows.layers).map { layer, windows in
    square(layer.mean.value - windows.values).mean(over: [1, 2])
  }
  return (output.joint.value, stack(errors, axis: 1))
}
