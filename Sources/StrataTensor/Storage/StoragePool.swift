internal import CStrataKernels

/// Blocks of memory that arrays gave back, kept for the next array of the same size class.
///
/// Fresh pages cost more than the arithmetic on them: the kernel clears each one on first touch. One pool per
/// process, behind a lock, because blocks are released by whichever thread drops the last reference. The pool changes
/// where a block lies, never what is in it, so results do not depend on it.
package enum StoragePool {
  /// Smaller blocks go straight to the allocator, which is fast for them.
  static let smallestPooledBlock = 1 << 14
  /// Blocks given back beyond this total are freed.
  static let byteLimit = 1 << 31

  private struct Shelves {
    // Addresses, which may cross threads; the memory behind them is owned by nobody else.
    var blocks: [Int: [UInt]] = [:]
    var byteCount = 0
  }
  private static let shelves = Guarded(Shelves())

  /// The bytes that this thread took and did not give back: the growth over some work is what the work keeps, whatever
  /// other threads do. It decides when memory is given up, never a result.
  package static var bytesOfThread: Int { Int(sk_bytes_of_thread(0)) }

  /// The bytes set aside for a request: requests are rounded up to a quarter of a power of two.
  static func sizeClass(of byteCount: Int) -> Int {
    guard byteCount > smallestPooledBlock else { return max(byteCount, 64) }
    let quarter = 1 << (Int.bitWidth - (byteCount - 1).leadingZeroBitCount - 3)
    return (byteCount + quarter - 1) / quarter * quarter
  }

  static func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
    let size = sizeClass(of: byteCount)
    _ = sk_bytes_of_thread(Int64(size))
    if size > smallestPooledBlock {
      let address = shelves.withLock { shelves in
        let address = shelves.blocks[size]?.popLast()
        if address != nil { shelves.byteCount -= size }
        return address
      }
      if let block = address.flatMap(UnsafeMutableRawPointer.init(bitPattern:)) { return block }
    }
    return .allocate(byteCount: size, alignment: 64)
  }

  static func release(_ block: UnsafeMutableRawPointer, byteCount: Int) {
    let size = sizeClass(of: byteCount)
    _ = sk_bytes_of_thread(-Int64(size))
    guard size > smallestPooledBlock else { return block.deallocate() }
    let address = UInt(bitPattern: block)
    let kept = shelves.withLock { shelves in
      guard shelves.byteCount + size <= byteLimit else { return false }
      shelves.blocks[size, default: []].append(address)
      shelves.byteCount += size
      return true
    }
    if !kept { block.deallocate() }
  }
}
