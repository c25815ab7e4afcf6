/// A group of ranks that communicate.
public struct ProcessGroup: Hashable, Sendable {
  /// The name that is unique in the job: `0` is the group of all ranks.
  public var name: String
  /// What it is for, such as `default_pg` or `EXPERT_MODEL_PARALLEL_GROUP`.
  public var description: String
  public var ranks: [Int]
  public var timeoutInMilliseconds: Int

  public init(name: String, description: String, ranks: [Int], timeoutInMilliseconds: Int = 600_000) {
    (self.name, self.description, self.ranks) = (name, description, ranks)
    self.timeoutInMilliseconds = timeoutInMilliseconds
  }
}

/// What a collective is called with; the same for most steps.
public struct CollectiveCall: Hashable, Sendable {
  /// The shape and the element type of an argument, such as `[4096, 7168]` of `BFloat16`.
  public struct Argument: Hashable, Sendable {
    public var sizes: [Int]
    public var elementType: String

    public init(sizes: [Int], elementType: String) { (self.sizes, self.elementType) = (sizes, elementType) }
  }

  /// The operation as PyTorch profiles it: `all_reduce`, `all_to_all`, `send 0->1`.
  public var operation: String
  public var inputs: [Argument]
  public var outputs: [Argument]
  /// Whether two ranks exchange a message, rather than all of the group.
  public var isPointToPoint: Bool

  public init(_ operation: String, inputs: [Argument], outputs: [Argument], isPointToPoint: Bool = false) {
    (self.operation, self.inputs, self.outputs) = (operation, inputs, outputs)
    self.isPointToPoint = isPointToPoint
  }
}

/// One collective of one rank. Times are nanoseconds since 1970.
public struct CollectiveRecord: Hashable, Sendable {
  /// The place of the group among those of the rank.
  public var group: Int
  /// The place of the call among those of the recorder.
  public var call: Int
  /// When the rank put it into the queue of its GPU.
  public var created: Int
  /// When its kernel was seen running; nil if it never was.
  public var started: Int?
  /// When its kernel was seen to have ended; nil if it never was.
  public var completed: Int?
  /// Whether the watchdog has taken it off its list, which it does with what is completed.
  public var isRetired: Bool

  public init(
    group: Int, call: Int, created: Int, started: Int? = nil, completed: Int? = nil, isRetired: Bool? = nil
  ) {
    (self.group, self.call, self.created) = (group, call, created)
    (self.started, self.completed) = (started, completed)
    self.isRetired = isRetired ?? (completed != nil)
  }
}
