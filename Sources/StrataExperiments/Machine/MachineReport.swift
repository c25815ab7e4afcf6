public import StrataTensor

/// How fast this machine is, and how close Strata comes to it.
public struct MachineReport: Hashable, Codable, Sendable {
  /// What one kind of work took.
  public struct Entry: Hashable, Codable, Sendable {
    /// The seconds of one repetition and what it does.
    public let timing: WorkTiming
    /// Floating-point operations per second; `nil` for work that is not arithmetic.
    public let operationsPerSecond: Double?
    /// What part that is of `ProcessorLimits.multiplyAdds(threads:)`. More than one is possible in other precisions.
    public let partOfLimit: Double?
  }

  /// The version of the library.
  public let version: String
  /// The commit it was built from, where that can be told.
  public let commit: String?
  /// The variant of the kernels.
  public let kernels: String
  /// Which reference model.
  public let model: String
  /// How many threads share what is measured on more than one.
  public let threads: Int
  /// What decided weights and samples.
  public let seed: UInt64
  /// The machine meanwhile.
  public let machine: MachineState
  /// What bounds everything else.
  public let limits: ProcessorLimits
  /// The works of Strata, in the order in which they were asked for.
  public let works: [Entry]
}
