import Strata
import StrataNeural

/// Forward and backward pass over the windows of the case, clipping to a norm of one, and AdamW: what one step of
/// training is.
func trainingStep(for specification: Specification) throws -> () throws -> StepResult {
  guard let precision = ProductPrecision(rawValue: specification.mode.rawValue) else {
    throw Absence(absent: "Strata trains in fp32 and bf16 only")
  }
  let reference = try ReferenceCase(specification.model.configuration, contentsOf: specification.path)
  let configuration = TrainingConfiguration(
    length: .steps(.max), batch: reference.batch.count,
    slice: specification.model.slice(of: reference.batch.count),
    precision: precision, optimizer: AdamW(learningRate: 1e-3, weightDecay: 0.01), clip: 1)
  // Peers keep all activations, whatever they take.
  let trainer = try Trainer(
    CaseTask(reference), configuration: configuration, threads: specification.threads, activationBytes: .max)
  var state = trainer.start(with: reference.model)
  return {
    var loss = Float.nan
    // Interrupted after every step.
    _ = try trainer.train(&state) { event in
      if case .step(let step) = event { loss = Float(step.loss) }
    } interruption: {
      .interrupt
    }
    return .training(loss: loss)
  }
}

/// Learning from the windows of a case, with the steps hidden that the case hides.
private struct CaseTask: TrainingTask {
  struct Slice: Sendable {
    let windows: WindowBatch
    let hiding: [NDArray]
  }

  private let batch: WindowBatch
  private let hiding: [NDArray]
  private let objective: JointObjective

  init(_ reference: ReferenceCase) {
    (batch, hiding) = (reference.batch, reference.hiding)
    objective = JointObjective(reference.model.configuration.objective)
  }

  var sampleCount: Int { batch.count }
  var dataDigest: String { "" }

  func slice(_ samples: [Int], using generator: inout Generator) -> Slice {
    func chosen(_ array: NDArray) -> NDArray { concatenate(samples.map { array.rows($0..<$0 + 1) }, axis: 0) }
    let layers = batch.layers.map { windows in
      LayerWindows(
        layer: windows.layer, values: chosen(windows.values), mask: chosen(windows.mask), delta: chosen(windows.delta))
    }
    return Slice(
      windows: WindowBatch(layers: layers, origins: samples.map { batch.origins[$0] }),
      hiding: hiding.map(chosen))
  }

  func terms(of model: JointModel, on slice: Slice, in context: inout ForwardContext) -> JointTerms {
    objective.terms(of: model, slice.windows, hiding: slice.hiding, in: &context)
  }

  func loss(of model: JointModel, from terms: JointTerms, threads: Int) -> ObjectiveValue {
    objective.value(of: terms, at: model, threads: threads)
  }
}
