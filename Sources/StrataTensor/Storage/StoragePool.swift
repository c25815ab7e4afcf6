internal import CStrataKernels

/// Blocks of memory that arrays gave back, kept for the next array of the same size class.
///
/// Fresh pages cost more than the arithmetic on them: the kernel clears each one on first touch. One pool per
/// process, behind a lock, because blocks are released by whichever thread drops the last reference. The pool changes
/// where a block lies, never what is in it, so results do not depend on it.
///
/// ```swift
/// StoragePool.byteLimit = 256 << 20  // keep at most 256 MiB
/// StoragePool.trim()                 // after training: give back what is kept
/// ```
public enum StoragePool {
  /// The limit of a process that sets none: 2 GiB.
  public static let standardByteLimit = 1 << 31
  /// Smaller blocks go straight to the allocator, which is fast for them.
  static let smallestPooledBlock = 1 << 14

  private struct Shelves {
    // Addresses, which may cross threads; the memory behind them is owned by nobody else.
    var blocks: [Int: [UInt]] = [:]
    var byteCount = 0
    var byteLimit = standardByteLimit

    /// Takes blocks out, the largest first, until at most so many bytes are left.
    mutating func remove(downTo byteCount: Int) -> [UInt] {
      var removed: [UInt] = []
      for size in blocks.keys.sorted(by: >) {
        while self.byteCount > byteCount, let address = blocks[size]!.popLast() {
          removed.append(address)
          self.byteCount -= size
        }
      }
      return removed
    }
  }
  private static let shelves = Guarded(Shelves())

  /// How many bytes the pool keeps at most; a block that would exceed it is freed when it is given back. Zero keeps
  /// nothing. A lower limit than before frees what exceeds it, at once.
  ///
  /// What arrays use does not count: only blocks that wait for the next array do.
  ///
  /// - Precondition: The limit is not negative.
  public static var byteLimit: Int {
    get { shelves.withLock(\.byteLimit) }
    set {
      require(newValue >= 0, "StoragePool: a limit of \(newValue) bytes")
      let removed = shelves.withLock { shelves in
        shelves.byteLimit = newValue
        return shelves.remove(downTo: newValue)
      }
      free(removed)
    }
  }

  /// How many bytes wait for the next array.
  public static var byteCount: Int { shelves.withLock(\.byteCount) }

  /// Frees kept blocks, the largest first, until at most `byteCount` bytes are kept. The limit stays.
  ///
  /// - Precondition: `byteCount` is not negative.
  /// - Complexity: One call of the allocator per block that is freed.
  public static func trim(to byteCount: Int = 0) {
    require(byteCount >= 0, "StoragePool: cannot trim to \(byteCount) bytes")
    free(shelves.withLock { $0.remove(downTo: byteCount) })
  }

  private static func free(_ addresses: [UInt]) {
    for address in addresses { UnsafeMutableRawPointer(bitPattern: address)!.deallocate() }
  }

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
      guard shelves.byteCount + size <= shelves.byteLimit else { return false }
      shelves.blocks[size, default: []].append(address)
      shelves.byteCount += size
      return true
    }
    if !kept { block.deallocate() }
  }
}
