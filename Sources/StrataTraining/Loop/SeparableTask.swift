public import StrataNeural
public import StrataTensor

/// A task whose loss is a mean over samples, so that no sample needs to see another.
public protocol SeparableTask<Model>: TrainingTask where Terms == MeanLoss {
  // Named again, so that the compiler infers them from the loss.
  associatedtype Model
  associatedtype Slice

  /// The number of samples in a slice.
  func count(of slice: Slice) -> Int

  /// The mean loss over the samples of a slice, with the parts it is made of; every slice has the same parts.
  func loss(of model: Model, on slice: Slice, in context: inout ForwardContext) throws -> ObjectiveValue
}

extension SeparableTask {
  /// The mean loss of a slice, weighted by its samples.
  public func terms(of model: Model, on slice: Slice, in context: inout ForwardContext) throws -> MeanLoss {
    MeanLoss(try loss(of: model, on: slice, in: &context), count: count(of: slice))
  }

  /// The mean over all samples of the batch.
  public func loss(of model: Model, from terms: MeanLoss, threads: Int) -> ObjectiveValue { terms.value }
}

/// The mean of a loss over samples, to which several slices contribute.
public struct MeanLoss: LossTerms {
  private var total: MeanTerm
  private var parts: [(name: String, mean: MeanTerm)]

  init(_ loss: ObjectiveValue, count: Int) {
    require(count > 0, "SeparableTask: a slice of \(count) samples")
    total = MeanTerm(of: loss.total, weight: Double(count))
    parts = loss.parts.map { ($0.name, MeanTerm(of: Tensor(NDArray(scalar: $0.value)), weight: Double(count))) }
  }

  public mutating func forEachTensor(_ visit: TermVisitor) rethrows {
    try total.forEachTensor(visit)
    for index in parts.indices { try parts[index].mean.forEachTensor(visit) }
  }

  var value: ObjectiveValue {
    ObjectiveValue(total: total.mean!, parts: parts.map { ($0.name, $0.mean.mean!.value.scalar) })
  }
}
