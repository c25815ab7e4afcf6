internal import CStrataKernels

/// The attention of frozen models, one head of it, on numbers of its own: what measures and checks it as a kernel.
public struct AttentionProbe: Sendable {
  /// The sizes.
  public let queries: Int, keys: Int, width: Int
  let query: [Float], key: [Float], value: [Float]
  /// One for a key that is seen; `nil` when all are.
  let mask: [Float]?
  private(set) var result: [Float]
  private var scratch: [UInt8]
  private let shape: sk_attention

  /// The factor of all scores.
  static let scale: Float = 0.5

  /// Makes the operands.
  ///
  /// - Parameters:
  ///   - queries: How many queries there are.
  ///   - keys: How many keys and values there are.
  ///   - width: How wide each of them is.
  ///   - hidesKeys: Whether every second key is hidden.
  /// - Precondition: Sizes are positive.
  public init(queries: Int, keys: Int, width: Int, hidesKeys: Bool = false) {
    require(
      queries > 0 && keys > 0 && width > 0, "AttentionProbe: \(queries) queries, \(keys) keys, of width \(width)")
    (self.queries, self.keys, self.width) = (queries, keys, width)
    query = DenseMapProbe.sample(queries * width).map { 4 * $0 }
    key = DenseMapProbe.sample(keys * width).reversed()
    value = DenseMapProbe.sample(keys * width)
    mask = hidesKeys ? (0..<keys).map { Float($0 % 2) } : nil
    result = [Float](repeating: 0, count: queries * width)
    scratch = [UInt8](repeating: 0, count: kernels.attention_scratch(keys, width))
    shape = sk_attention(
      queries: queries, keys: keys, width: width, query_row: width, key_row: width, out_row: width, scale: Self.scale,
      causal: 0)
  }

  /// The floating-point operations of the two products of ``run()``.
  public var operations: Int { 4 * queries * keys * width }

  /// Computes the attention.
  public mutating func run() {
    if let mask {
      kernels.attention(&result, query, key, value, shape, mask, &scratch)
    } else {
      kernels.attention(&result, query, key, value, shape, nil, &scratch)
    }
  }
}
