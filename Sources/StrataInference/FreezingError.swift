/// Why a model cannot be frozen.
public enum FreezingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A part of the model, such as "the encoder of layer compute", is of a type for which this library has no kernels: it
  /// was registered or put into the model by a study.
  case noFrozenForm(part: String, type: String)

  public var description: String {
    switch self {
    case .noFrozenForm(let part, let type):
      "\(part) is of type \(type), which has no frozen form; run the differentiable model, or train one with a kind of "
        + "this library"
    }
  }
}
