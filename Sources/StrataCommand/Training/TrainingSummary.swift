import Strata

/// What a finished training says on standard output.
struct TrainingSummary: Encodable {
  let folder: String
  let steps: Int
  /// `nil` when the training had been finished before.
  let loss: Double?
  let validationLoss: Double?
  let provenance: Provenance

  init(_ result: TrainingSession.Result, folder: String) {
    (self.folder, steps, provenance) = (folder, result.steps, result.pipeline.provenance)
    (loss, validationLoss) = (result.curve.training.last?.loss, result.curve.validation.last?.loss)
  }

  var text: String {
    let losses = [("loss", loss), ("validation loss", validationLoss)].compactMap { name, value in
      value.map { ", \(name) \(NumberText.short($0).withASCIIMinus)" }
    }
    return "\(folder): \(steps) steps\(losses.joined()), seed \(provenance.seed)\n"
  }
}
