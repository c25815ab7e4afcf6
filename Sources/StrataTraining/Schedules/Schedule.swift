import StrataTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How the learning rate moves over a training: a factor on the optimiser's base rate.
///
/// A schedule is a pure function of the step, so a resumed training needs nothing but its step.
public enum Schedule: Hashable, Sendable {
  /// The base rate throughout.
  case constant

  /// A linear rise from `start` of the base rate over `warmup` steps, then a half cosine down to `floor` of it.
  ///
  /// Reference: Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR 2017; here without
  /// restarts.
  case cosine(warmup: Int, start: Double, floor: Double)

  /// A half cosine up from `1 / startDivisor` to the base rate over the first `rise` part of the steps, then one down
  /// to `1 / (startDivisor · endDivisor)`, as `torch.optim.lr_scheduler.OneCycleLR`.
  ///
  /// Reference: Smith and Topin, "Super-Convergence: Very Fast Training of Neural Networks Using Large Learning
  /// Rates", 2019.
  case oneCycle(rise: Double, startDivisor: Double, endDivisor: Double)

  /// `factor` times the previous rate after each `every` steps.
  case step(every: Int, factor: Double)

  /// The factor on the base rate at one step.
  ///
  /// - Parameters:
  ///   - step: The number of updates made before this one.
  ///   - count: The number of updates of the whole training.
  /// - Precondition: `step` is not negative. After the last step the last factor stays.
  public func factor(at step: Int, of count: Int) -> Double {
    require(step >= 0, "Schedule: step \(step) is negative")
    switch self {
    case .constant:
      return 1
    case .cosine(let warmup, let start, let floor):
      if step < warmup { return start + (1 - start) * Double(step) / Double(warmup) }
      let progress = min(1, Double(step - warmup) / Double(max(count - warmup, 1)))
      return cosine(from: 1, to: floor, at: progress)
    case .oneCycle(let rise, let startDivisor, let endDivisor):
      let (peak, last) = (rise * Double(count) - 1, Double(count - 1))
      let (start, end) = (1 / startDivisor, 1 / (startDivisor * endDivisor))
      let step = min(Double(step), last)
      if step <= peak { return cosine(from: start, to: 1, at: peak > 0 ? step / peak : 1) }
      return cosine(from: 1, to: end, at: last > peak ? (step - peak) / (last - peak) : 1)
    case .step(let every, let factor):
      return pow(factor, Double(step / every))
    }
  }

  /// Half a cosine from one value to another as `progress` goes from 0 to 1.
  private func cosine(from first: Double, to last: Double, at progress: Double) -> Double {
    last + (first - last) * (1 + cos(.pi * progress)) / 2
  }
}
