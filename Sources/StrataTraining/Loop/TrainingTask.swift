public import StrataNeural
public import StrataTensor

/// What is to be learnt: numbered samples, how they become the input of a model, and the loss.
///
/// A sample is whatever must stay together, usually one window. The trainer decides which samples make the batch of a
/// step and cuts it into slices. A task gathers a slice and runs the model on it; the loss sees the terms that all slices
/// of the batch leave. All three are functions of their arguments alone, which is what makes training reproducible.
///
/// A loss that is a mean over samples is easier to write as a ``SeparableTask``.
public protocol TrainingTask<Model>: Sendable {
  associatedtype Model: Module
  /// The input of one forward pass.
  associatedtype Slice: Sendable
  /// What a forward pass leaves for the loss.
  associatedtype Terms: LossTerms

  /// The number of samples to learn from; at least one.
  var sampleCount: Int { get }
  /// The number of samples on which the loss is only measured.
  var validationCount: Int { get }
  /// A text that changes when the data do; a checkpoint continues only with the data it was made with.
  var dataDigest: String { get }

  /// Consecutive parts of the samples that are cheap to gather together, such as the blocks of stored runs; an epoch
  /// visits them a few at a time. Empty when all samples are equally cheap.
  var parts: [SamplePart] { get }

  /// Gathers samples to learn from. Runs on the threads that run the model, once or twice per slice.
  ///
  /// - Parameters:
  ///   - samples: Numbers below `sampleCount`.
  ///   - generator: The source of random augmentation, its own for each step and slice.
  func slice(_ samples: [Int], using generator: inout Generator) throws -> Slice

  /// Gathers samples to measure the loss on, numbers below `validationCount`.
  func validationSlice(_ samples: [Int]) throws -> Slice

  /// Runs the model on a slice. The memory this takes is what the size of a slice decides.
  func terms(of model: Model, on slice: Slice, in context: inout ForwardContext) throws -> Terms

  /// The loss of a batch, with the parts it is made of.
  ///
  /// - Parameters:
  ///   - model: For parameters that the loss itself uses, such as a learned temperature.
  ///   - terms: Those of all slices of the batch, joined; constants apart from being differentiated.
  ///   - threads: How many threads the loss may use; its value must not depend on it.
  func loss(of model: Model, from terms: Terms, threads: Int) throws -> ObjectiveValue
}

/// Samples that lie together.
public struct SamplePart: Hashable, Sendable {
  /// What they are of, such as a run; several parts may be of the same.
  public let source: String
  /// How many there are; at least one.
  public let count: Int

  /// So many samples of a source.
  public init(source: String, count: Int) { (self.source, self.count) = (source, count) }
}

extension TrainingTask {
  /// All samples are equally cheap, unless a task says otherwise.
  public var parts: [SamplePart] { [] }

  /// None, unless a task says otherwise.
  public var validationCount: Int { 0 }

  /// Stops: a task with validation samples has to make slices of them.
  public func validationSlice(_ samples: [Int]) throws -> Slice {
    fatalError("\(Self.self) has validation samples but makes no slices of them")
  }
}
