import StrataTelemetry
public import StrataTensor

/// Arrays of the reference implementation in PyTorch, under the names and in the layout of a ``JointModel``.
///
/// The reference is a model with bottleneck fusion, linear decoders and mean pooling, as a `state_dict`: linear weights
/// are `[out, in]` and convolution weights `[out, in, tap]`; here they are `[in, out]` and `[tap, in, out]`.
public enum ReferenceWeights {
  /// Reads an array for every parameter of a model: its weights, or their gradients.
  ///
  /// - Parameters:
  ///   - model: A model built with the sizes of the reference.
  ///   - prefix: What stands before the reference's names, such as `param.` or `grad.`.
  ///   - file: The arrays of the reference.
  /// - Throws: `SafetensorsError` for an array that is missing or damaged.
  public static func arrays(
    for model: JointModel, prefix: String, in file: SafetensorsFile
  ) throws(SafetensorsError) -> [(name: String, array: NDArray)] {
    var result: [(name: String, array: NDArray)] = []
    for (name, _) in model.namedArrays() {
      let array = try file.array(named: prefix + referenceName(of: name, layers: model.layers))
      result.append((name, name.hasSuffix(".weight") ? reversingAxes(array) : array))
    }
    return result
  }

  /// `layers.data.encoder.blocks.0.norm.scale` → `enc.1.blocks.0.norm.weight`.
  static func referenceName(of name: String, layers: [TelemetryLayer]) -> String {
    var parts = name.split(separator: ".").map(String.init)
    parts = parts.map { part in layers.firstIndex { $0.rawValue == part }.map { "\($0)" } ?? part }
    if parts[0] == "layers" {
      parts[0] = ["encoder": "enc", "decoder": "dec"][parts[2]] ?? parts[2]
      if parts[2] == "head" {
        parts[3] = parts[3] == "hidden" ? "0" : "2"
        parts.remove(at: 2)
      } else {
        parts.removeSubrange(parts[2] == "decoder" ? 2...3 : 2...2)
      }
    } else {
      let fusion = [
        "tokens": "tok", "classToken": "cls", "modality": "mod", "block": "fuse", "norm": "fnorm", "output": "fout",
      ]
      parts = [fusion[parts[1]] ?? parts[1]] + parts.dropFirst(2)
    }
    return blockParts(parts).joined(separator: ".")
  }

  private static func blockParts(_ parts: [String]) -> [String] {
    let names = [
      "attentionNorm": "norm1", "feedForwardNorm": "norm2", "projection": "proj", "hidden": "fc1", "output": "fc2",
      "input": "inp", "convolution": "conv", "scale": "weight", "shift": "bias",
    ]
    return parts.filter { $0 != "attention" && $0 != "feedForward" }.map { names[$0] ?? $0 }
  }

  /// `[out, in]` → `[in, out]`, `[out, in, tap]` → `[tap, in, out]`.
  private static func reversingAxes(_ array: NDArray) -> NDArray {
    array.shape.rank > 1 ? array.transposed((0..<array.shape.rank).reversed()) : array
  }
}
