import StrataTensor

extension Initializer {
  /// Uniform in `±gain·√(6 / (fanIn + fanOut))`, which keeps the variance of activations and gradients alike.
  ///
  /// Reference: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010.
  public static func xavierUniform(gain: Float = 1) -> Initializer {
    Initializer { shape, generator in
      let fans = Fans(of: shape, "xavierUniform")
      let bound = gain * (6 / Float(fans.inputs + fans.outputs)).squareRoot()
      return generator.uniformArray(shape, in: -bound..<bound)
    }
  }

  /// Normal with the standard deviation `gain·√(2 / (fanIn + fanOut))`.
  ///
  /// Reference: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010.
  public static func xavierNormal(gain: Float = 1) -> Initializer {
    Initializer { shape, generator in
      let fans = Fans(of: shape, "xavierNormal")
      return generator.normalArray(
        shape, mean: 0, deviation: gain * (2 / Float(fans.inputs + fans.outputs)).squareRoot())
    }
  }

  /// Uniform in `±gain·√(3 / fanIn)`, which keeps the variance of activations.
  ///
  /// - Parameter gain: √2 for rectified units, 1 for linear ones.
  ///
  /// Reference: He et al., "Delving Deep into Rectifiers", ICCV 2015.
  public static func kaimingUniform(gain: Float = Float(2).squareRoot()) -> Initializer {
    Initializer { shape, generator in
      let bound = gain * (3 / Float(Fans(of: shape, "kaimingUniform").inputs)).squareRoot()
      return generator.uniformArray(shape, in: -bound..<bound)
    }
  }

  /// Normal with the standard deviation `gain / √fanIn`.
  ///
  /// - Parameter gain: √2 for rectified units, 1 for linear ones.
  ///
  /// Reference: He et al., "Delving Deep into Rectifiers", ICCV 2015.
  public static func kaimingNormal(gain: Float = Float(2).squareRoot()) -> Initializer {
    Initializer { shape, generator in
      let fanIn = Fans(of: shape, "kaimingNormal").inputs
      return generator.normalArray(shape, mean: 0, deviation: gain / Float(fanIn).squareRoot())
    }
  }

  /// Normal with mean zero, drawn again where it falls further than `bound` deviations from zero.
  ///
  /// - Parameters:
  ///   - deviation: The standard deviation before truncation; truncation at two deviations leaves 0.88 of it.
  ///   - bound: The largest magnitude kept, in deviations; positive.
  /// - Complexity: An expected 1.05 draws per element for a bound of two.
  public static func truncatedNormal(deviation: Float, bound: Float = 2) -> Initializer {
    require(bound > 0, "truncatedNormal: the bound \(bound) is not positive")
    return Initializer { shape, generator in
      NDArray(shape) { elements in
        for i in elements.indices {
          var draw = generator.normal()
          while abs(draw) > bound { draw = generator.normal() }
          elements[i] = deviation * draw
        }
      }
    }
  }
}
