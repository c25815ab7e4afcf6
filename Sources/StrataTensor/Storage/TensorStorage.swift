/// A 64-byte-aligned block of floats shared by the arrays that view it.
///
/// The elements are written only before the block is first shared, or while exactly one array refers to it. That
/// discipline, kept inside `NDArray`, is what makes the unchecked conformance sound.
final class TensorStorage: @unchecked Sendable {
  let elements: UnsafeMutableBufferPointer<Float>

  init(count: Int) {
    let block = StoragePool.allocate(byteCount: count * MemoryLayout<Float>.stride)
    elements = UnsafeMutableBufferPointer(start: block.bindMemory(to: Float.self, capacity: count), count: count)
  }

  deinit {
    StoragePool.release(
      UnsafeMutableRawPointer(elements.baseAddress!), byteCount: elements.count * MemoryLayout<Float>.stride)
  }
}
