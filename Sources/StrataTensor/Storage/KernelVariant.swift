internal import CStrataKernels

/// One implementation of every kernel, compiled for one instruction set.
///
/// The widest one that the processor runs is used, unless the environment variable `STRATA_KERNELS` pins another
/// (`portable`, `avx2`, `avx512`, `vnni`, `amx`, `fp16`). Results of different variants differ in the last bits, those of
/// `bf16` products followed by GELU more (`fp16` computes it in half precision), so a run records which it used.
public struct KernelVariant: Sendable, Hashable, CustomStringConvertible {
  public let name: String
  public var description: String { name }

  /// The variant this process uses; a name in `STRATA_KERNELS` that cannot be used ends the process with a message.
  public static var active: KernelVariant { KernelVariant(name: String(cString: sk_active().pointee.name)) }

  /// Whether this process multiplies bfloat16 in tiles, so that ``ProductPrecision/bf16`` is fast and takes half the memory of
  /// single precision.
  public static var multipliesBFloat16: Bool { sk_active().pointee.limit_half.operations > 0 }

  /// Every variant this processor can run, the portable one first.
  public static var runnable: [KernelVariant] {
    (0..<sk_variant_count()).map { KernelVariant(name: String(cString: sk_variant($0).pointee.name)) }
  }
}

/// The active variant's functions: a constant table, hence safe to share.
nonisolated(unsafe) let kernels = sk_active().pointee
