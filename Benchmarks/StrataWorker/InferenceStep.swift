import Strata

/// Embeds and judges the windows of the case: what one step of inference is.
func inferenceStep(for specification: Specification) throws -> () throws -> StepResult {
  let precision: Precision
  switch specification.mode {
  case .fp32: precision = .fp32
  case .bf16: precision = .bf16
  case .int8: throw Absence(absent: "Strata infers in fp32 and bf16 only")
  }
  let reference = try ReferenceCase(specification.model.configuration, contentsOf: specification.path)
  let (model, batch) = (FrozenModel(reference.model, precision: precision), reference.batch)
  return {
    let output = model.embed(batch, threads: specification.threads)
    return .inference(joint: output.joint, score: output.scores)
  }
}
