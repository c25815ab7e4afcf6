package import CStrataKernels

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// One implementation of every kernel, compiled for one instruction set.
///
/// The widest one that the processor runs is used, unless the environment variable `STRATA_KERNELS` pins another
/// (`portable`, `avx2`, `avx512`, `vnni`, `amx`, `fp16`). Results of different variants differ in the last bits, those of
/// `bf16` products followed by GELU more (`fp16` computes it in half precision), so a run records which it used.
///
/// The first computation of a process stops when `STRATA_KERNELS` names a variant that cannot be used. A program that
/// wants to end in its own way calls ``checkSelection()`` before.
public struct KernelVariant: Sendable, Hashable, CustomStringConvertible {
  public let name: String
  public var description: String { name }

  /// The variant this process uses.
  ///
  /// - Precondition: `STRATA_KERNELS` is not set, is empty, or names a variant that this processor runs.
  public static var active: KernelVariant { KernelVariant(kernels) }

  /// Whether this process multiplies bfloat16 in tiles, so that ``ProductPrecision/bf16`` is fast and takes half the memory of
  /// single precision.
  public static var multipliesBFloat16: Bool { kernels.limit_half.operations > 0 }

  /// Every variant this processor can run, the portable one first.
  public static var runnable: [KernelVariant] {
    (0..<sk_variant_count()).map { KernelVariant(sk_variant($0).pointee) }
  }

  /// Checks that `STRATA_KERNELS`, where it is set, names a variant that this processor runs.
  ///
  /// - Throws: ``KernelVariantError`` with the variants to choose from.
  public static func checkSelection() throws(KernelVariantError) {
    if sk_active() == nil { throw KernelVariantError() }
  }

  private init(_ table: sk_table) { name = String(cString: table.name) }
}

/// Why the variant that `STRATA_KERNELS` names cannot be used.
public struct KernelVariantError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String

  fileprivate init() {
    let wanted = getenv("STRATA_KERNELS").map { String(cString: $0) } ?? ""
    let runnable = KernelVariant.runnable.map(\.name)
    description =
      sk_has_variant(wanted) != 0
      ? "STRATA_KERNELS: this processor cannot run '\(wanted)'; the widest it can run is '\(runnable.last!)'"
      : "STRATA_KERNELS: '\(wanted)' is not a kernel variant; choose one of \(runnable.joined(separator: ", "))"
  }
}

/// The functions of the variant this process uses: a constant table, hence safe to share.
package nonisolated(unsafe) let kernels: sk_table = {
  guard let table = sk_active() else { fatalError("\(KernelVariantError())") }
  return table.pointee
}()
