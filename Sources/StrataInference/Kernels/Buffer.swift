/// A block of floats, aligned to cache lines, that lives as long as its owner.
///
/// A class, because packed weights are shared by every copy of a model, and a workspace must not move.
final class Buffer {
  let start: UnsafeMutablePointer<Float>
  let count: Int

  /// Zeros.
  init(count: Int) {
    self.count = count
    let block = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * 4, alignment: 64)
    start = block.bindMemory(to: Float.self, capacity: max(count, 1))
    start.initialize(repeating: 0, count: max(count, 1))
  }

  deinit { UnsafeMutableRawPointer(start).deallocate() }
}

/// Numbers of a frozen model, which nothing changes after they were set.
final class Constants: @unchecked Sendable {
  private let buffer: Buffer
  var start: UnsafePointer<Float> { UnsafePointer(buffer.start) }
  var count: Int { buffer.count }

  /// Sets `count` floats, which are zero before.
  init(count: Int, _ fill: (UnsafeMutablePointer<Float>) -> Void) {
    buffer = Buffer(count: count)
    fill(buffer.start)
  }

  convenience init(_ elements: [Float]) {
    self.init(count: elements.count) { $0.update(from: elements, count: elements.count) }
  }
}
