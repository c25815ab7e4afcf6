internal import COpenBLAS

/// The library behind matrix products and factorizations, as this process found it.
public enum MatrixLibrary {
  /// Name, version and build options.
  public static var configuration: String { String(cString: openblas_get_config()) }

  /// The processor that its kernels are for, `Haswell` for instance.
  ///
  /// OpenBLAS 0.3.21 takes newer Xeons for Haswells; `OPENBLAS_CORETYPE=SkylakeX` then makes its products faster.
  public static var core: String { String(cString: openblas_get_corename()) }

  /// What to do when the kernels are for an older processor than this one, with which products are several times slower;
  /// `nil` when they are not, or when that cannot be told.
  ///
  /// - Parameters:
  ///   - core: The processor that the kernels are for.
  ///   - variants: The kernel variants that this processor runs.
  ///   - wanted: The environment variable `OPENBLAS_CORETYPE`.
  public static func obsolescence(core: String, variants: [String], wanted: String?) -> String? {
    let suitable: [(variant: String, cores: [String])] = [
      ("avx512", ["SkylakeX", "Cooperlake", "Sapphirerapids"]),
      ("avx2", ["Haswell", "Zen", "Excavator", "SkylakeX", "Cooperlake", "Sapphirerapids"]),
    ]
    guard let best = suitable.first(where: { variants.contains($0.variant) }) else { return nil }
    guard !best.cores.contains(where: { $0.lowercased() == core.lowercased() }) else { return nil }
    let set = "set OPENBLAS_CORETYPE=\(best.cores[0])"
    if let wanted, !wanted.isEmpty {
      return "OpenBLAS runs kernels for \(core), older than this processor, because OPENBLAS_CORETYPE is '\(wanted)'; "
        + "unset it or \(set), and run 'strata doctor' again: it checks the results"
    }
    return "OpenBLAS runs kernels for \(core), older than this processor, which this version of it does not know; "
      + "\(set), or install a newer OpenBLAS, and run 'strata doctor' again: it checks the results"
  }
}
