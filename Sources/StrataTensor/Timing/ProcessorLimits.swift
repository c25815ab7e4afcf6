internal import CStrataKernels

/// What bounds every computation on this machine: how fast it multiplies and adds, moves memory and hands work over.
///
/// ```swift
/// let limits = try ProcessorLimits.measure(threads: 2)
/// print("\(limits.multiplyAdds(threads: 1)! / 1e9) GFLOP/s")
/// ```
public struct ProcessorLimits: Hashable, Codable, Sendable {
  /// Every limit, with the amount of one repetition and how long it took.
  public let timings: [WorkTiming]

  /// Takes limits from timings of ``works(threads:)``, which may have taken turns with other work.
  public init(_ timings: [WorkTiming]) {
    self.timings = timings.filter { timing in Self.names.contains { timing.name.hasPrefix($0) } }
  }

  /// Measures every limit.
  ///
  /// - Parameters:
  ///   - threads: How many threads share what is measured on more than one.
  ///   - duration: How long to measure, about; three rounds of a tenth of a second at least.
  /// - Precondition: `threads` is positive.
  public static func measure(threads: Int, duration: Duration = .seconds(1.5)) throws -> ProcessorLimits {
    ProcessorLimits(try TimedWork.measure(works(threads: threads), for: duration, turn: .milliseconds(5)))
  }

  /// The floating-point operations per second of multiplications with addition in single precision, two for each, on
  /// operands that never leave the registers; `nil` for a number of threads that was not measured.
  public func multiplyAdds(threads: Int) -> Double? {
    timings.first { $0.name == Self.name(Self.fp32, threads) }?.rate
  }

  /// What to time for the limits; some of it is left out where the processor has no unit for it.
  ///
  /// - Parameter threads: How many threads share what is measured on more than one.
  /// - Precondition: `threads` is positive.
  public static func works(threads: Int) -> [TimedWork] {
    require(threads > 0, "ProcessorLimits: \(threads) threads")
    let counts = threads > 1 ? [1, threads] : [1], table = kernels
    var works: [TimedWork] = []
    for (name, limit) in [
      (fp32, table.limit_float), ("bf16 products", table.limit_half), ("int8 products", table.limit_byte),
    ] where limit.operations > 0 {
      works += counts.map { arithmetic(name, limit, threads: $0) }
    }
    works += [("16 KiB", 1 << 14), ("256 KiB", 1 << 18), ("4 MiB", 1 << 22)].map { memory($0.0, byteCount: $0.1, 1) }
    works += counts.map { memory("128 MiB", byteCount: 1 << 27, $0) }
    return works + (threads > 1 ? [spinning(), sleeping()] : [])
  }

  private static let fp32 = "fp32 multiply-add"
  private static let names = [fp32, "bf16 products", "int8 products", "memory", "hand-off"]

  private static func name(_ what: String, _ threads: Int) -> String {
    "\(what), \(threads) thread\(threads == 1 ? "" : "s")"
  }

  private static func arithmetic(_ what: String, _ limit: sk_limit, threads: Int) -> TimedWork {
    // Half a millisecond or so: long beside waking a thread.
    let rounds = 1 << (limit.operations > 10_000 ? 14 : 18)
    let operations = threads * rounds * limit.operations
    return TimedWork(name(what, threads), threads: threads, amount: Double(operations), unit: "FLOP") {
      _ = parallelMap(count: threads, threads: threads) { _ in limit.run!(rounds) }
    }
  }

  /// y += a · x, for which two numbers are read and one is written.
  private static func memory(_ size: String, byteCount: Int, _ threads: Int) -> TimedWork {
    let count = byteCount / (2 * MemoryLayout<Float>.size * threads)
    let (x, y) = (NDArray([threads, count], repeating: 1), Scratch(count: threads * count))
    let moved = Double(3 * MemoryLayout<Float>.size * threads * count)
    return TimedWork(name("memory, \(size)", threads), threads: threads, amount: moved, unit: "B") {
      x.withElements { elements in
        nonisolated(unsafe) let x = elements.baseAddress!, y = y.start
        _ = parallelMap(count: threads, threads: threads) { part in
          kernels.axpy(y + part * count, 0.5, x + part * count, count)
        }
      }
    }
  }

  private static func spinning() -> TimedWork {
    let (partners, count) = (HandOff(), 5000)
    return TimedWork("hand-off, spinning", threads: 2, amount: Double(2 * count), unit: "hand-off") {
      partners.spin(count)
    }
  }

  private static func sleeping() -> TimedWork {
    let (partners, count) = (HandOff(), 50)
    return TimedWork("hand-off, sleeping", threads: 2, amount: Double(2 * count), unit: "hand-off") {
      partners.sleep(count)
    }
  }
}

/// Memory that is written again and again; a class, so that it lives as long as the work that writes it.
private final class Scratch {
  let start: UnsafeMutablePointer<Float>

  init(count: Int) {
    start = .allocate(capacity: count)
    start.initialize(repeating: 1, count: count)
  }

  deinit { start.deallocate() }
}
