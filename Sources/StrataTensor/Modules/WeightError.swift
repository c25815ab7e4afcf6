/// Why arrays do not fit a model.
public enum WeightError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The model has a parameter of this name and the arrays do not.
  case missing(name: String, source: String)
  /// There is an array of this name, and the model has no such parameter; the closest name that it has.
  case unexpected(name: String, closest: String?, source: String)
  case wrongShape(name: String, found: Shape, expected: Shape, source: String)
  /// The model is so much larger than all arrays together that it is not built to say where they differ.
  case wrongCount(found: Int, expected: Int, source: String)

  public var description: String {
    switch self {
    case .missing(let name, let source): "\(source): '\(name)' is missing"
    case .unexpected(let name, let closest, let source):
      "\(source): '\(name)' is not a parameter of the model\(closest.map { "; did you mean '\($0)'?" } ?? "")"
    case .wrongShape(let name, let found, let expected, let source):
      "\(source): '\(name)' has shape \(found), the model expects \(expected)"
    case .wrongCount(let found, let expected, let source):
      "\(source): holds \(found) numbers, the configured model has \(expected)"
    }
  }
}
