/// Why a model cannot run on a stream, or a saved state cannot be used.
public enum StreamError: Error, Equatable, CustomStringConvertible {
  /// Its results depend on later samples, or on all samples of a window at once.
  case notCausal(String)
  /// The state belongs to another model, precision or window length, or is damaged.
  case unusableState(String)

  public var description: String {
    switch self {
    case .notCausal(let part):
      "the model cannot run on a stream: \(part); use windows, or train one with a 'tcn' encoder, or a causal transformer "
        + "with rotary positions and patches of one sample, and a gated, late or bottleneck fusion"
    case .unusableState(let problem): "the state of the stream \(problem)"
    }
  }
}
