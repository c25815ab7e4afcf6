import StrataNeural
import StrataTensor

/// One part of an objective with its weight, before the parts are added up.
struct ObjectivePart {
  let name: String
  let weight: Float
  /// The mean over whatever the part is computed for; `nil` when there was nothing to compute it for.
  let value: Tensor?
  /// What the mean was taken over, where that is worth reporting.
  var details: [(name: String, value: Float)] = []
}

extension ObjectiveValue {
  /// Adds up the parts; zero when there are none.
  init(_ parts: [ObjectivePart]) {
    var total: Tensor?
    var reports: [(name: String, value: Float)] = []
    for part in parts {
      guard let value = part.value else { continue }
      let weighted = part.weight == 1 ? value : value * part.weight
      total = total.map { $0 + weighted } ?? weighted
      reports.append((part.name, value.value.scalar))
      reports += part.details.map { ("\(part.name).\($0.name)", $0.value) }
    }
    self.init(total: total ?? Tensor(NDArray(scalar: 0)), parts: reports)
  }
}

/// The mean of tensors with one element each; `nil` when there are none.
func mean(of values: [Tensor]) -> Tensor? {
  guard let first = values.first else { return nil }
  return values.count == 1 ? first : values.dropFirst().reduce(first, +) * (1 / Float(values.count))
}
