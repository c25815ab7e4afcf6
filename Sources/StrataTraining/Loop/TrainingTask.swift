public import StrataModel
public import StrataNeural
public import StrataTensor

/// What is to be learnt: numbered samples, how they become the input of a model, and the loss.
///
/// A sample is whatever must stay together, usually one window. The trainer decides which samples make the batch of a
/// step; a task turns some of them into a slice and judges a model on it. Both are functions of their arguments alone,
/// which is what makes training reproducible.
public protocol TrainingTask<Model>: Sendable {
  associatedtype Model: Module
  /// The input of one forward pass.
  associatedtype Slice: Sendable

  /// The number of samples to learn from; at least one.
  var sampleCount: Int { get }
  /// The number of samples on which the loss is only measured.
  var validationCount: Int { get }
  /// A text that changes when the data do; a checkpoint continues only with the data it was made with.
  var dataDigest: String { get }

  /// Gathers samples to learn from. Runs on the threads that compute gradients.
  ///
  /// - Parameters:
  ///   - samples: Numbers below `sampleCount`.
  ///   - generator: The source of random augmentation, its own for each step and slice.
  func slice(_ samples: [Int], using generator: inout Generator) throws -> Slice

  /// Gathers samples to measure the loss on, numbers below `validationCount`.
  func validationSlice(_ samples: [Int]) throws -> Slice

  /// The mean loss over the samples of a slice, with the parts it is made of.
  func loss(of model: Model, on slice: Slice, in context: inout ForwardContext) throws -> ObjectiveValue
}

extension TrainingTask {
  /// None, unless a task says otherwise.
  public var validationCount: Int { 0 }

  /// Stops: a task with validation samples has to make slices of them.
  public func validationSlice(_ samples: [Int]) throws -> Slice {
    fatalError("\(Self.self) has validation samples but makes no slices of them")
  }
}
