internal import CStrataKernels

// Sums, differences, products and quotients, element by element. Shapes broadcast as in NumPy.

extension NDArray {
  public static func + (lhs: NDArray, rhs: NDArray) -> NDArray { lhs.combined(with: rhs, "+", kernels.add) }
  public static func - (lhs: NDArray, rhs: NDArray) -> NDArray { lhs.combined(with: rhs, "-", kernels.subtract) }
  public static func * (lhs: NDArray, rhs: NDArray) -> NDArray { lhs.combined(with: rhs, "*", kernels.multiply) }
  public static func / (lhs: NDArray, rhs: NDArray) -> NDArray { lhs.combined(with: rhs, "/", kernels.divide) }

  public static func + (lhs: NDArray, rhs: Float) -> NDArray { lhs.affine(1, rhs) }
  public static func - (lhs: NDArray, rhs: Float) -> NDArray { lhs.affine(1, -rhs) }
  public static func * (lhs: NDArray, rhs: Float) -> NDArray { lhs.affine(rhs, 0) }
  public static func / (lhs: NDArray, rhs: Float) -> NDArray { lhs.mapped { $0 / rhs } }

  public static func + (lhs: Float, rhs: NDArray) -> NDArray { rhs.affine(1, lhs) }
  public static func - (lhs: Float, rhs: NDArray) -> NDArray { rhs.affine(-1, lhs) }
  public static func * (lhs: Float, rhs: NDArray) -> NDArray { rhs.affine(lhs, 0) }
  public static func / (lhs: Float, rhs: NDArray) -> NDArray { rhs.mapped { lhs / $0 } }

  public static prefix func - (operand: NDArray) -> NDArray { operand.affine(-1, 0) }
}

extension Tensor {
  public static func + (lhs: Tensor, rhs: Tensor) -> Tensor {
    let (left, right) = (lhs.shape, rhs.shape)
    return Tensor(
      lhs.value + rhs.value, "+",
      from: .input(lhs) { $0.summed(to: left) }, .input(rhs) { $0.summed(to: right) })
  }

  public static func - (lhs: Tensor, rhs: Tensor) -> Tensor {
    let (left, right) = (lhs.shape, rhs.shape)
    return Tensor(
      lhs.value - rhs.value, "-",
      from: .input(lhs) { $0.summed(to: left) }, .input(rhs) { (-$0).summed(to: right) })
  }

  public static func * (lhs: Tensor, rhs: Tensor) -> Tensor {
    let (a, b) = (lhs.value, rhs.value)
    return Tensor(
      a * b, "*",
      from: .input(lhs) { ($0 * b).summed(to: a.shape) }, .input(rhs) { ($0 * a).summed(to: b.shape) })
  }

  public static func / (lhs: Tensor, rhs: Tensor) -> Tensor {
    let (a, b) = (lhs.value, rhs.value)
    return Tensor(
      a / b, "/",
      from: .input(lhs) { ($0 / b).summed(to: a.shape) },
      .input(rhs) { upstream in (upstream * (-(a / (b * b)))).summed(to: b.shape) })
  }

  public static func + (lhs: Tensor, rhs: Float) -> Tensor { Tensor(lhs.value + rhs, "+", from: .input(lhs) { $0 }) }
  public static func + (lhs: Float, rhs: Tensor) -> Tensor { rhs + lhs }
  public static func - (lhs: Tensor, rhs: Float) -> Tensor { Tensor(lhs.value - rhs, "-", from: .input(lhs) { $0 }) }
  public static func - (lhs: Float, rhs: Tensor) -> Tensor { Tensor(lhs - rhs.value, "-", from: .input(rhs) { -$0 }) }

  public static func * (lhs: Tensor, rhs: Float) -> Tensor {
    Tensor(lhs.value * rhs, "*", from: .input(lhs) { $0 * rhs })
  }
  public static func * (lhs: Float, rhs: Tensor) -> Tensor { rhs * lhs }
  public static func / (lhs: Tensor, rhs: Float) -> Tensor {
    Tensor(lhs.value / rhs, "/", from: .input(lhs) { $0 / rhs })
  }
  public static func / (lhs: Float, rhs: Tensor) -> Tensor {
    let b = rhs.value
    return Tensor(lhs / b, "/", from: .input(rhs) { upstream in upstream * (-lhs / (b * b)) })
  }

  public static prefix func - (operand: Tensor) -> Tensor { Tensor(-operand.value, "-", from: .input(operand) { -$0 }) }
}
