/// Why a safetensors file could not be read or written, and where.
public struct SafetensorsError: Error, Equatable, CustomStringConvertible {
  public let file: String
  /// The tensor at fault, if it is one tensor's.
  public let tensor: String?
  public let problem: String

  init(_ problem: String, in file: String, tensor: String? = nil) {
    (self.file, self.tensor, self.problem) = (file, tensor, problem)
  }

  /// Names are shown escaped and shortened: they come from outside.
  public var description: String {
    "\(file): \(tensor.map { "tensor \(shown($0)): " } ?? "")\(problem)"
  }
}
