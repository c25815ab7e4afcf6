/// Numbered windows of one split, wherever they are kept: all in memory (``WindowSet``), or in run stores and read when
/// they are asked for (``StoredWindows``).
///
/// Like the splits themselves, the windows of a ``TrainingSplit`` are of another type than those of a ``TestSplit``.
public protocol WindowCollection<Split>: Sendable {
  /// What the windows may be used for.
  associatedtype Split: TelemetrySplit

  /// How many windows there are.
  var count: Int { get }

  /// Consecutive parts of the numbering whose windows are cheap to visit together; none when all are equally cheap.
  var parts: [WindowPart] { get }

  /// A text that changes when a sample or the cut of the windows does.
  var digest: String { get }

  /// The windows of these numbers, in this order. Safe to call from several threads at once.
  ///
  /// - Throws: When stored samples cannot be read.
  /// - Precondition: Every number is a window of the collection.
  func windows(_ numbers: [Int]) throws -> WindowBatch
}

/// Windows that lie together.
public struct WindowPart: Hashable, Sendable {
  /// The name of the run they are of.
  public let run: String
  /// How many there are.
  public let count: Int
}

extension WindowSet: WindowCollection {
  /// None: every window is in memory.
  public var parts: [WindowPart] { [] }

  /// The windows of these numbers; the same as ``batch(_:)``.
  public func windows(_ numbers: [Int]) -> WindowBatch { batch(numbers) }
}
