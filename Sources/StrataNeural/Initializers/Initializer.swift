public import StrataTensor

/// How the first value of a parameter is drawn.
///
/// Equal shapes and equal generators give equal parameters on every machine: only the generator and correctly rounded
/// arithmetic are used.
public struct Initializer: Sendable {
  private let draw: @Sendable (_ shape: Shape, _ generator: inout Generator) -> NDArray

  /// Creates an initialiser from a function that draws an array of a given shape.
  public init(_ draw: @escaping @Sendable (_ shape: Shape, _ generator: inout Generator) -> NDArray) {
    self.draw = draw
  }

  /// Draws a parameter.
  ///
  /// - Parameters:
  ///   - shape: The shape of the parameter; its last two axes are `[…, inputs, outputs]` where fans matter.
  ///   - generator: The source of randomness.
  public func callAsFunction(_ shape: Shape, using generator: inout Generator) -> NDArray { draw(shape, &generator) }

  /// Uniform in `±1/√fanIn`: the usual first value of affine maps and convolutions.
  public static let standard = kaimingUniform(gain: 1 / Float(3).squareRoot())

  /// Normal with mean zero.
  ///
  /// - Parameter deviation: The standard deviation.
  public static func normal(deviation: Float) -> Initializer {
    Initializer { shape, generator in generator.normalArray(shape, mean: 0, deviation: deviation) }
  }
}

/// How many numbers enter and leave one unit of a parameter.
///
/// The last axis of a weight counts outputs, the one before it inputs; axes in front of them, such as the taps of a
/// convolution, multiply both.
struct Fans {
  let inputs: Int, outputs: Int

  /// - Precondition: The shape has at least two axes.
  init(of shape: Shape, _ initializer: StaticString) {
    require(shape.rank >= 2, "\(initializer): shape \(shape) has no [inputs, outputs] axes")
    let taps = shape.dimensions.dropLast(2).reduce(1, *)
    (inputs, outputs) = (taps * shape[shape.rank - 2], taps * shape.last)
  }
}
