import Strata

/// Forward and backward pass over the windows of the case, clipping to a norm of one, and AdamW: what one step of
/// training is.
func trainingStep(for specification: Specification) throws -> () throws -> StepResult {
  guard specification.mode == .fp32 else { throw Absence(absent: "Strata trains in fp32 only") }
  guard specification.threads == 1 else {
    throw Absence(absent: "on several threads Strata contrasts windows of a slice only, which is another loss")
  }
  let reference = try ReferenceCase(specification.model.configuration, contentsOf: specification.path)
  let objective = JointObjective(reference.model.configuration.objective)
  var (model, optimizer) = (reference.model, AdamW(learningRate: 1e-3, weightDecay: 0.01))
  return {
    var (loss, gradient) = valueAndGradient(at: model) { model in
      var context = ForwardContext.training(seed: 0)
      return objective(model, reference.batch, hiding: reference.hiding, in: &context).total
    }
    clipGlobalNorm(of: &gradient, to: 1)
    optimizer.update(&model, along: gradient)
    return .training(loss: loss)
  }
}
